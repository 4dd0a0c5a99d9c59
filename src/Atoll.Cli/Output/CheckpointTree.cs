using Atoll.Client.Checkpoints;

namespace Atoll.Cli.Output;

/// <summary>Checkpoints in the order of their tree, with the branches drawn before each. One whose parent is not among them begins a tree.</summary>
internal static class CheckpointTree
{
    public static IEnumerable<(string Branch, CheckpointInfo Checkpoint)> Lines(IReadOnlyList<CheckpointInfo> checkpoints)
    {
        var known = checkpoints.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        var below = checkpoints.OrderBy(x => x.CreatedAt).ThenBy(x => x.Id, StringComparer.Ordinal).ToLookup(x => x.Parent is { } parent && known.Contains(parent) ? parent : "");

        // Not by recursion: a line of thousands of checkpoints is deep.
        var open = new Stack<(string Before, string Own, CheckpointInfo Checkpoint)>(below[""].Reverse().Select(x => ("", "", x)));
        while (open.TryPop(out var next))
        {
            yield return (next.Before + next.Own, next.Checkpoint);
            var before = next.Before + next.Own switch { "├─ " => "│  ", "└─ " => "   ", _ => "" };
            var children = below[next.Checkpoint.Id].ToList();
            for (var at = children.Count - 1; at >= 0; at--) open.Push((before, at == children.Count - 1 ? "└─ " : "├─ ", children[at]));
        }
    }
}
