using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Tree;

/// <summary>
/// Everything below a directory, each directory before its content, by descriptors and never through a symlink: the walk cannot be led out of the tree, and cannot run in a circle.
/// What goes away while it walks is left out. Memory and descriptors depend on the depth alone.
/// </summary>
internal static class TreeWalk
{
    /// <summary>One descriptor for each level; far deeper than real trees, far fewer than a process may have.</summary>
    public const int MaxDepth = 256;

    public static Descriptor OpenTop(byte[] path) =>
        FileCalls.Open(Descriptor.None, path, OpenFlags.DirectoryRead & ~OpenFlags.NoFollow, 0, out var errno) ?? throw FileFailure.Of(errno, path);

    /// <param name="top">Owned by the walk from here on.</param>
    /// <param name="depth">How many levels; null for all, and then a tree deeper than <see cref="MaxDepth"/> fails.</param>
    /// <param name="skipClosed">Pass over the content of directories that may not be opened (some of /proc), instead of failing.</param>
    public static IEnumerable<TreeItem> Below(Descriptor top, byte[] path, int? depth, bool skipClosed, CancellationToken cancellation)
    {
        var open = new Stack<DirectoryReader>();
        open.Push(new DirectoryReader(top, path));
        try
        {
            while (open.TryPeek(out var reader))
            {
                cancellation.ThrowIfCancellationRequested();
                if (reader.Next() is not { } name)
                {
                    open.Pop().Dispose();
                    continue;
                }

                if (Look(reader, name) is not { } item) continue;
                yield return item;
                if (!item.Status.IsDirectory || open.Count == depth) continue;
                if (Enter(item, skipClosed) is not { } directory) continue;
                open.Push(new DirectoryReader(directory, item.Path));
                if (open.Count > MaxDepth) throw new FileFailure(FailureCode.TooLarge, $"{GuestPath.Display(path)} is deeper than {MaxDepth} directories");
            }
        }
        finally
        {
            foreach (var reader in open) reader.Dispose();
        }
    }

    private static TreeItem? Look(DirectoryReader reader, byte[] name)
    {
        var errno = FileCalls.Status(reader.Directory, name, follow: false, out var status);
        if (errno is Errno.NotFound or Errno.NoProcess) return null;
        var path = GuestPath.Join(reader.Path, name);
        FileFailure.Check(errno, path);
        return new TreeItem(reader.Directory, name, path, status);
    }

    private static Descriptor? Enter(TreeItem item, bool skipClosed)
    {
        var directory = FileCalls.Open(item.Directory, item.Name, OpenFlags.DirectoryRead, 0, out var errno);
        if (directory is not null || errno is Errno.NotFound or Errno.NotADirectory or Errno.Loop or Errno.NoProcess) return directory;
        if (skipClosed && errno is Errno.NotPermitted or Errno.AccessDenied) return null;
        throw FileFailure.Of(errno, item.Path);
    }
}
