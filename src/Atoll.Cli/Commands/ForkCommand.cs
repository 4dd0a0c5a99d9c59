using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes new sandboxes of a sandbox or a checkpoint.</summary>
internal sealed class ForkCommand : AtollCommand
{
    private const int IdLength = 21;
    private readonly Argument<string> _origin = new("origin") { Description = "A running sandbox (its name, its id, or the beginning of its id), or a checkpoint's id" };
    private readonly Option<int> _count = new("--count", "-n") { Description = "How many, 1 to 100", HelpName = "count", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _full = new("--full") { Description = "With memory and processes (only gvisor): each goes on where the origin is; what a checkpoint made with --full does anyway" };
    private readonly Option<bool> _disk = new("--disk") { Description = "Of a checkpoint with memory, the disk alone: processes start anew" };
    private readonly Option<string?> _name = new("--name") { Description = "A name; with several, -1, -2, … are put behind it", HelpName = "name" };
    private readonly Option<double?> _cpu = new("--cpu") { Description = "Cores; left out, as the origin has", HelpName = "cores" };
    private readonly Option<long?> _memory = Quantities.Size("--memory", "Memory: 512m, 2g; left out, as the origin has");

    public ForkCommand()
        : base(
            "fork",
            "Make new sandboxes of a sandbox or a checkpoint, with its disk, or with its memory and processes too, and print their ids. Each has an id, address and machine-id of its own. One that could not be made is told, the others stay.",
            "atoll fork web",
            "atoll fork web --count 10 --name try",
            "atoll fork web --full",
            "atoll fork c0a1b2c3d4e5f6g7h8i9j --json | jq -r '.results[].sandbox.id'")
    {
        Add(_origin);
        foreach (var option in (Option[])[_full, _disk, _count, _name, _cpu, _memory]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var origin = parse.GetRequiredValue(_origin);
        ForkSandbox request = new(parse.GetValue(_count), parse.GetValue(_name), parse.GetValue(_cpu), parse.GetValue(_memory), Kind: parse.GetValue(_full) ? "full" : parse.GetValue(_disk) ? "disk" : null);
        ForkReply reply;
        await using (context.Wait("forking"))
        {
            reply = IsCheckpoint(origin)
                ? await context.Client.Checkpoints.ForkAsync(origin, request, cancellation)
                : await context.Client.Checkpoints.ForkSandboxAsync(await context.FindIdAsync(origin, cancellation), request, cancellation);
        }

        if (context.Output.Json) context.Output.JsonLine(reply, AtollJson.Default.ForkReply);
        var exit = ExitCode.Success;
        foreach (var one in reply.Results)
        {
            if (one.Sandbox is { } sandbox && !context.Output.Json) context.Output.Line(Safe.Line(sandbox.Id));
            if (one.Error is not { } error) continue;
            if (!context.Output.Json) context.Output.ErrorLine(Safe.Line($"One was not made: {error.Detail}{(error.Hint is { } hint ? " " + hint : "")}"));
            exit = exit == ExitCode.Success ? ExitCode.Of(error.Code) : exit;
        }

        return exit;
    }

    private static bool IsCheckpoint(string text) => text.Length == IdLength && text[0] == 'c' && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));
}
