using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Tree;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Sets the owner of entries themselves: symlinks are changed, never followed. The kernel takes the setuid and setgid bits off a program that changes hands, and that is left so.
/// </summary>
internal static class OwnerChanger
{
    public static void Run(byte[] path, Ownership owner, bool recursive, CancellationToken cancellation)
    {
        FileFailure.Check(FileCalls.ChangeOwner(Descriptor.None, path, owner), path);
        if (!recursive) return;
        FileFailure.Check(FileCalls.Status(Descriptor.None, path, follow: false, out var top), path);
        if (!top.IsDirectory) return;
        var directory = FileCalls.Open(Descriptor.None, path, OpenFlags.DirectoryRead, 0, out var errno) ?? throw FileFailure.Of(errno, path);
        foreach (var item in TreeWalk.Below(directory, path, depth: null, skipClosed: false, cancellation))
        {
            errno = FileCalls.ChangeOwner(item.Directory, item.Name, owner);
            if (errno != Errno.NotFound) FileFailure.Check(errno, item.Path);
        }
    }
}
