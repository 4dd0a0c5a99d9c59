using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>
/// Finds the sandbox a user means. A whole id is taken at its word, without a call; anything else is a name to the server, and if it has none of
/// that name, the beginning of one living sandbox's id.
/// </summary>
internal static class SandboxFinder
{
    private const int IdLength = 21;

    public static async Task<string> FindIdAsync(this CommandContext context, string given, CancellationToken cancellation)
    {
        context.Sandbox = given;
        return IsId(given) ? given : (await context.FindAsync(given, cancellation)).Id;
    }

    public static async Task<SandboxInfo> FindAsync(this CommandContext context, string given, CancellationToken cancellation)
    {
        context.Sandbox = given;
        if (given is "" or "." or ".." || given.Contains('/')) throw new CliException(Codes.Usage, $"'{given}' is no name or id of a sandbox.", "See which there are: atoll ls");
        try
        {
            return await context.Client.Sandboxes.GetAsync(given, cancellation);
        }
        catch (AtollException failure) when (failure.Code == "sandbox_not_found" && !IsId(given))
        {
            if (await FindByPrefixAsync(context, given, cancellation) is { } found) return found;
            throw;
        }
    }

    private static async Task<SandboxInfo?> FindByPrefixAsync(CommandContext context, string prefix, CancellationToken cancellation)
    {
        SandboxInfo? found = null;
        await foreach (var sandbox in context.Client.Sandboxes.ListAsync(new(), cancellation))
        {
            if (!sandbox.Id.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (found is not null) throw new CliException(Codes.Usage, $"More than one sandbox's id begins with '{prefix}': {found.Id}, {sandbox.Id}.", "Give more of it.");
            found = sandbox;
        }

        return found;
    }

    private static bool IsId(string text) => text.Length == IdLength && text[0] == 's' && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));
}
