using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Saves a sandbox as it is.</summary>
internal sealed class CheckpointCreateCommand : AtollCommand
{
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Option<string?> _name = new("--name", "-n") { Description = "A name, unique among this sandbox's checkpoints", HelpName = "name" };
    private readonly Option<bool> _full = new("--full") { Description = "With memory and processes (only gvisor); open TCP connections of the sandbox may be reset" };
    private readonly Option<string?> _comment = new("--comment", "-m") { Description = "What it is for", HelpName = "text" };

    public CheckpointCreateCommand()
        : base(
            "create",
            "Save a sandbox as it is, its disk or with --full its memory and processes too, and print the checkpoint's id. The sandbox goes on running.",
            "atoll checkpoint create web",
            "atoll checkpoint create web --name before-upgrade -m \"all tests pass\"",
            "atoll checkpoint create web --full --name warmed-up")
    {
        Add(_sandbox);
        foreach (var option in (Option[])[_full, _name, _comment]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        CheckpointInfo made;
        await using (context.Wait("saving"))
        {
            var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
            made = await context.Client.Checkpoints.CreateAsync(sandbox, new(parse.GetValue(_name), parse.GetValue(_comment), parse.GetValue(_full) ? "full" : null), cancellation);
        }

        if (context.Output.Json)
        {
            context.Output.JsonLine(made, AtollJson.Default.CheckpointInfo);
            return 0;
        }

        context.Output.Line(made.Id);
        if (made.Unchanged) context.Output.ErrorLine(Safe.Line($"Nothing has changed since {made.Parent}: the new checkpoint takes no space."));
        return 0;
    }
}
