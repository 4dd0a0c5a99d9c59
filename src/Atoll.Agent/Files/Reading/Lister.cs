using Atoll.Agent.Files.Tree;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Reading;

/// <summary>The entries below a directory, one at a time: nothing is collected, so that 10⁶ of them cost no more memory than ten.</summary>
internal static class Lister
{
    public const int MaxDepth = 64;

    /// <param name="pattern">A <see cref="Glob"/> on names; empty for all. Directories that do not match are still looked into.</param>
    public static IEnumerable<Entry> Run(byte[] path, uint depth, string pattern, Accounts accounts, CancellationToken cancellation)
    {
        if (depth is 0 or > MaxDepth) throw FileFailure.Invalid($"The depth is 1 to {MaxDepth}");
        var glob = pattern.Length == 0 ? null : new Glob(pattern);
        return TreeWalk.Below(TreeWalk.OpenTop(path), path, (int)depth, skipClosed: true, cancellation)
            .Where(item => glob is null || glob.Matches(item.Name))
            .Select(item => Entries.Describe(item.Directory, item.Name, item.Path, item.Status, accounts));
    }
}
