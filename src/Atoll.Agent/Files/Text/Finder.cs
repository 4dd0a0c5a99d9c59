using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tree;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Files.Text;

/// <summary>Finds entries by name and lines by content, one at a time.</summary>
internal static class Finder
{
    public const int MaxMatches = 10_000;

    public static IEnumerable<Match> Run(byte[] path, Find query, CancellationToken cancellation)
    {
        if (query.MaxMatches is 0 or > MaxMatches) throw FileFailure.Invalid($"The number of matches is 1 to {MaxMatches}");
        var glob = query.NamePattern.Length == 0 ? null : new Glob(query.NamePattern);
        var lines = query.Text.Length == 0 ? null : new LineMatcher(query.Text, query.Regex, query.IgnoreCase);
        var items = TreeWalk.Below(TreeWalk.OpenTop(path), path, depth: null, skipClosed: true, cancellation).Where(item => glob is null || glob.Matches(item.Name));
        var matches = lines is null ? items.Select(item => new Match { Path = UnsafeByteOperations.UnsafeWrap(item.Path) }) : items.SelectMany(item => In(item, lines));
        return matches.Take((int)query.MaxMatches);
    }

    private static IEnumerable<Match> In(TreeItem item, LineMatcher lines)
    {
        if (item.Status.Type != Native.FileType.Regular || TextFile.TryRead(item.Directory, item.Name) is not { } content) yield break;
        foreach (var (number, text) in lines.Matches(content)) yield return new Match { Path = UnsafeByteOperations.UnsafeWrap(item.Path), Line = number, Text = text };
    }
}
