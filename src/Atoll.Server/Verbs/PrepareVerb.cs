using Atoll.Machine.Sandboxes;
using Atoll.Server.Composition;

namespace Atoll.Server.Verbs;

/// <summary><c>atoll-server prepare [--template NAME]…</c>: makes the pool and builds templates (all that are known, unless some are named), with a line per step.</summary>
internal static class PrepareVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var host = MachineHost.Create();
        var preparation = host.GetRequiredService<MachinePreparation>();
        if (Wanted(args, preparation.Templates) is not { } templates)
        {
            await Console.Error.WriteLineAsync($"atoll-server: prepare [--template NAME]…, where NAME is one of: {string.Join(", ", preparation.Templates)}.");
            return ExitCodes.Usage;
        }

        var prepared = await preparation.PrepareAsync(templates, new ConsoleProgress(), CancellationToken.None);
        if (prepared.Fault is not { } fault) return ExitCodes.Success;

        await Console.Error.WriteLineAsync($"atoll-server: {fault.Detail} {fault.Hint}");
        return ExitCodes.Machine;
    }

    private static IReadOnlyList<string>? Wanted(string[] args, IReadOnlyList<string> known)
    {
        if (args.Length == 0) return known;
        var named = new List<string>();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] != "--template" || i + 1 == args.Length || !known.Contains(args[i + 1])) return null;
            named.Add(args[i + 1]);
        }

        return named;
    }
}
