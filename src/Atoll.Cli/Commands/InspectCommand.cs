using System.CommandLine;
using System.Text.Json;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>All that is known of a sandbox.</summary>
internal sealed class InspectCommand : AtollCommand
{
    private static readonly AtollJson Indented = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true });

    private readonly Argument<string> _sandbox = SandboxArgument.Required();

    public InspectCommand()
        : base("inspect", "Show all that is known of a sandbox.", "atoll inspect web", "atoll inspect web --json | jq .lifecycle") => Add(_sandbox);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindAsync(parse.GetRequiredValue(_sandbox), cancellation);
        if (context.Output.Json) context.Output.Line(JsonSerializer.Serialize(sandbox, Indented.SandboxInfo));
        else ShowCard(context, sandbox);
        return 0;
    }

    private static void ShowCard(CommandContext context, SandboxInfo sandbox)
    {
        foreach (var (label, value) in Lines(sandbox, context.Time))
        {
            if (value is not null) context.Output.Line($"{label,-12} {Safe.Line(value)}");
        }
    }

    private static IEnumerable<(string Label, string? Value)> Lines(SandboxInfo sandbox, TimeProvider time)
    {
        yield return ("id", sandbox.Id);
        yield return ("name", sandbox.Name);
        yield return ("state", sandbox.StateReason is { } reason ? $"{sandbox.State} ({reason})" : sandbox.State);
        yield return ("why", sandbox.StateDetail);
        yield return ("isolation", sandbox.Isolation);
        yield return ("template", sandbox.Template);
        yield return ("limits", $"{Show.Cores(sandbox.Cpu)}, {Show.MiB(sandbox.MemoryMiB)} memory, {Show.MiB(sandbox.DiskMiB)} disk, {sandbox.Processes} processes");
        yield return ("user", sandbox.User);
        yield return ("workdir", sandbox.Workdir);
        yield return ("egress", sandbox.Network?.Egress?.Default);
        foreach (var (port, url) in sandbox.Urls ?? new Dictionary<string, string>()) yield return ("port", $"{port} {url}");
        foreach (var mount in sandbox.Volumes ?? []) yield return ("volume", $"{mount.Volume}:{mount.Path}{(mount.ReadOnly ? ":ro" : "")}");
        yield return ("node", sandbox.Node);
        yield return ("created", $"{Show.Time(sandbox.CreatedAt)} ({Show.Ago(sandbox.CreatedAt, time)} ago)");
        yield return ("expires", sandbox.EndedAt is not null || sandbox.State is "paused" or "suspended" or "stopped" or "archived" ? null : sandbox.ExpiresAt is null ? "never" : $"{Show.Time(sandbox.ExpiresAt)} (in {Show.Until(sandbox.ExpiresAt, time)})");
        yield return ("kept until", sandbox.KeptUntil is { } kept ? $"{Show.Time(kept)} (in {Show.Until(kept, time)}), unless it is started" : null);
        yield return ("ended", sandbox.EndedAt is null ? null : Show.Time(sandbox.EndedAt));
        foreach (var (key, value) in sandbox.Env ?? new Dictionary<string, string>()) yield return ("env", $"{key}={value}");
        foreach (var (key, value) in sandbox.Metadata ?? new Dictionary<string, string>()) yield return ("metadata", $"{key}={value}");
    }
}
