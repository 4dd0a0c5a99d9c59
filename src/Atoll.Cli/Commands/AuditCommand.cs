using System.CommandLine;
using System.Globalization;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Auditing;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Who changed what.</summary>
internal sealed class AuditCommand : AtollCommand
{
    private const int DefaultLimit = 100;

    private readonly Option<DateTimeOffset?> _since = Moments.Option("--since", "From then on: 2h (ago), or a time such as 2026-01-31T12:00:00Z", TimeProvider.System);
    private readonly Option<DateTimeOffset?> _until = Moments.Option("--until", "Before then", TimeProvider.System);
    private readonly Option<string?> _actor = new("--actor") { Description = "Only of this key or user, by id", HelpName = "id" };
    private readonly Option<string?> _action = new("--action") { Description = "Only this, such as createSandbox", HelpName = "action" };
    private readonly Option<string?> _team = TeamArgument.Option("For operators: another team, or all, which has also what came without a valid key");
    private readonly Option<int> _limit = new("--limit", "-n") { Description = "How many at most, newest first (100); 0 for all", HelpName = "count", DefaultValueFactory = _ => DefaultLimit };

    public AuditCommand()
        : base(
            "audit",
            "Show who changed what, and from where, newest first; refused requests too. Contents are never kept: no commands, paths or values.",
            "atoll audit",
            "atoll audit --since 1d --action createKey",
            "atoll audit --team all --json | jq -r 'select(.status == 401) | .remoteAddress'")
    {
        foreach (var option in (Option[])[_since, _until, _actor, _action, _team, _limit]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        AuditFilter filter = new(parse.GetValue(_since), parse.GetValue(_until), parse.GetValue(_actor), parse.GetValue(_action), parse.GetValue(_team));
        var left = parse.GetValue(_limit) is > 0 and var limit ? limit : int.MaxValue;
        var table = new Table("TIME", "ACTION", "TARGET", "OUTCOME", "KEY", "USER", "FROM", "REQUEST");
        await foreach (var entry in context.Client.Audit.ListAsync(filter, cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(entry, AtollJson.Default.AuditInfo);
            else table.Row(Show.Time(entry.At), entry.Action, entry.Target ?? Show.Nothing, Outcome(entry), entry.KeyId ?? Show.Nothing, entry.UserId ?? Show.Nothing, entry.RemoteAddress ?? Show.Nothing, entry.RequestId ?? Show.Nothing);
            if (--left == 0) break;
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }

    private static string Outcome(AuditInfo entry) => entry.Status.ToString(CultureInfo.InvariantCulture) + (entry.Code is null ? "" : " " + entry.Code);
}
