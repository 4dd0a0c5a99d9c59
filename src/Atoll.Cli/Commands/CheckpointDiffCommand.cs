using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What differs between two moments.</summary>
internal sealed class CheckpointDiffCommand : AtollCommand
{
    private readonly Argument<string> _from = new("checkpoint") { Description = "A checkpoint's id" };
    private readonly Argument<string?> _to = new("to") { Description = "A later checkpoint's id, or a running sandbox; left out, the sandbox that the checkpoint was made of, as it is now", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _limit = new("--limit") { Description = "The most paths to name", HelpName = "paths" };

    public CheckpointDiffCommand()
        : base("diff", "Show which paths were added (+), changed (~) and removed (-) since a checkpoint.", "atoll checkpoint diff c0a1b2c3d4e5f6g7h8i9j", "atoll checkpoint diff c0a1b2c3d4e5f6g7h8i9j web --json | jq '.changed[].path'")
    {
        Add(_from);
        Add(_to);
        Add(_limit);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        DiffInfo diff;
        await using (context.Wait("comparing")) diff = await context.Client.Checkpoints.DiffAsync(parse.GetRequiredValue(_from), parse.GetValue(_to), parse.GetValue(_limit), cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(diff, AtollJson.Default.DiffInfo);
            return 0;
        }

        var marked = diff.Added.Select(path => ('+', path)).Concat(diff.Changed.Select(path => ('~', path))).Concat(diff.Removed.Select(path => ('-', path)));
        foreach (var (mark, path) in marked.OrderBy(x => x.path.Path, StringComparer.Ordinal)) context.Output.Line($"{mark} {Safe.Line(path.Path)}{Size(path)}");
        if (diff.Truncated) context.Output.ErrorLine("There is more: raise --limit to see it.");
        return 0;
    }

    private static string Size(DiffPath path) => path.Kind switch
    {
        "file" => path.SizeBefore is { } before && before != path.SizeBytes ? $"  {Show.Bytes(before)} -> {Show.Bytes(path.SizeBytes)}" : "  " + Show.Bytes(path.SizeBytes),
        "directory" => "/",
        _ => "",
    };
}
