using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which sandboxes there are.</summary>
internal sealed class ListCommand : AtollCommand
{
    private static readonly string[] AllStates = ["creating", "running", "paused", "suspended", "stopped", "archived", "failed", "deleted"];

    private readonly Option<bool> _all = new("--all", "-a") { Description = "Ended ones too" };
    private readonly Option<string[]> _state = new("--state") { Description = "Only those in this state: creating, running, paused, suspended, stopped, archived, failed or deleted", HelpName = "state" };
    private readonly Option<string?> _name = new("--name") { Description = "Only the one of this name", HelpName = "name" };
    private readonly Option<Dictionary<string, string>> _metadata = KeyValues.Option("--metadata", [], "Only those with this label", fromEnvironment: false);
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Only their ids" };

    public ListCommand()
        : base("ls", "List sandboxes, newest first.", "atoll ls", "atoll ls --all --metadata project=demo", "atoll ls -q | xargs atoll rm", "atoll ls --json | jq -r .id")
    {
        _state.CompletionSources.Add(AllStates);
        foreach (var option in (Option[])[_all, _state, _name, _metadata, _quiet]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var filter = new SandboxFilter
        {
            States = parse.GetValue(_state) is { Length: > 0 } states ? states : parse.GetValue(_all) ? AllStates : [],
            Name = parse.GetValue(_name),
            Metadata = parse.GetValue(_metadata) ?? [],
        };
        var table = new Table("NAME", "ID", "STATE", "ISOLATION", "TEMPLATE", "AGE", "EXPIRES", "CPU", "MEMORY");
        await foreach (var sandbox in context.Client.Sandboxes.ListAsync(filter, cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(sandbox, AtollJson.Default.SandboxInfo);
            else if (parse.GetValue(_quiet)) context.Output.Line(Safe.Line(sandbox.Id));
            else Add(table, sandbox, context.Time);
        }

        if (!context.Output.Json && !parse.GetValue(_quiet)) context.Output.Draw(table);
        return 0;
    }

    private static void Add(Table table, SandboxInfo sandbox, TimeProvider time) => table.Row(
        sandbox.State switch { "running" => Colour.Green, "failed" => Colour.Red, "deleted" => Colour.Grey, "paused" or "suspended" or "stopped" or "archived" => Colour.Blue, _ => Colour.Yellow },
        sandbox.Name ?? Show.Nothing,
        sandbox.Id,
        sandbox.StateReason is { } reason ? $"{sandbox.State} ({reason})" : sandbox is { State: "running", StateDetail: not null } ? "running (not suspended)" : sandbox.State,
        sandbox.Isolation ?? Show.Nothing,
        sandbox.Template ?? Show.Nothing,
        Show.Ago(sandbox.CreatedAt, time),
        sandbox.KeptUntil is { } kept ? Show.Until(kept, time) : sandbox.EndedAt is null && sandbox.State is not ("paused" or "suspended" or "stopped" or "archived") ? Show.Until(sandbox.ExpiresAt, time) : Show.Nothing,
        Show.Number(sandbox.Cpu),
        Show.MiB(sandbox.MemoryMiB));
}
