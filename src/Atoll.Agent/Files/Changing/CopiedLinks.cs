using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Tree;

namespace Atoll.Agent.Files.Changing;

/// <summary>The files of several names in a tree that is copied, of which a further name becomes a link to the first one's copy.</summary>
/// <param name="top">The copy.</param>
/// <param name="source">The path of what it is a copy of.</param>
internal sealed class CopiedLinks(Descriptor top, byte[] source)
{
    private readonly LinkedFiles _known = new();

    /// <returns>False where this is the first name, or there can be no link: the file is to be copied.</returns>
    public bool TryLink(in FileStatus status, byte[] path, Descriptor toAt, byte[] toName)
    {
        if (status.Type != FileType.Regular || _known.FirstName(status, path) is not { } first) return false;
        var at = top;
        try
        {
            // By each directory, no link followed: whoever is in the sandbox may have put another thing there meanwhile.
            var below = first.AsSpan(source.Length);
            for (below = below.TrimStart((byte)'/'); below.IndexOf((byte)'/') is > 0 and var end; below = below[(end + 1)..])
            {
                if (FileCalls.Open(at, below[..end], OpenFlags.DirectoryPath | OpenFlags.NoFollow, 0, out _) is not { } next) return false;
                if (at != top) at.Dispose();
                at = next;
            }

            return FileCalls.Status(at, below, follow: false, out var there) == 0
                && there.Type == FileType.Regular && there.Size == status.Size && there.Modified.Equals(status.Modified)
                && FileCalls.Link(at, below, toAt, toName) == 0;
        }
        finally
        {
            if (at != top) at.Dispose();
        }
    }
}
