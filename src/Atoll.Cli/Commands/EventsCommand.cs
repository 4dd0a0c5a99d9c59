using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Events;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What happened to sandboxes.</summary>
internal sealed class EventsCommand : AtollCommand
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Stay, and show new ones as they happen" };
    private readonly Option<long> _after = new("--after") { Description = "Only those after this number", HelpName = "number" };
    private readonly Argument<string?> _sandbox = SandboxArgument.Optional("Only of this sandbox");

    public EventsCommand()
        : base("events", "Show what happened to sandboxes, oldest first.", "atoll events", "atoll events -f web", "atoll events -f --json | jq -r .type")
    {
        Add(_follow);
        Add(_after);
        Add(_sandbox);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = parse.GetValue(_sandbox) is { } given ? await context.FindIdAsync(given, cancellation) : null;
        var events = context.Client.Events;
        var after = parse.GetValue(_after);
        await foreach (var item in parse.GetValue(_follow) ? events.FollowAsync(sandbox, after, cancellation) : events.ListAsync(sandbox, after, cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(item, AtollJson.Default.SandboxEventInfo);
            else context.Output.Line(Describe(item));
        }

        return 0;
    }

    private static string Describe(SandboxEventInfo item)
    {
        var text = $"{Show.Time(item.At)}  {item.Sandbox}  {item.Type}";
        if (item.From is not null && item.From != item.To) text += $"  {item.From} -> {item.To}";
        if (item.Reason is not null) text += $"  {item.Reason}";
        if (item.Detail is not null) text += $": {item.Detail}";
        return Safe.Line(text);
    }
}
