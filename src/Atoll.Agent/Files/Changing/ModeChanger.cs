using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Tree;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Sets permission bits. Alone, of what the path names, through symlinks, as chmod does. Recursively, of a directory and all below it: symlinks are left alone,
/// and the directory itself must not be one.
/// </summary>
internal static class ModeChanger
{
    public static void Run(byte[] path, uint mode, bool recursive, CancellationToken cancellation)
    {
        if (mode > 0xFFF) throw FileFailure.Invalid("A mode is 0 to 07777");
        if (!recursive)
        {
            FileFailure.Check(FileCalls.ChangeMode(Descriptor.None, path, mode, follow: true), path);
            return;
        }

        FileFailure.Check(FileCalls.Status(Descriptor.None, path, follow: false, out var top), path);
        if (top.Type == FileType.Symlink) throw FileFailure.Of(Errno.NotADirectory, path);
        Change(Descriptor.None, path, path, mode);
        if (!top.IsDirectory) return;
        var directory = FileCalls.Open(Descriptor.None, path, OpenFlags.DirectoryRead, 0, out var errno) ?? throw FileFailure.Of(errno, path);
        foreach (var item in TreeWalk.Below(directory, path, depth: null, skipClosed: false, cancellation))
        {
            if (item.Status.Type != FileType.Symlink) Change(item.Directory, item.Name, item.Path, mode);
        }
    }

    private static void Change(Descriptor at, byte[] name, byte[] path, uint mode)
    {
        var errno = FileCalls.ChangeMode(at, name, mode, follow: false);

        // Gone, or swapped for a symlink, since it was looked at.
        if (errno is Errno.NotFound or Errno.NotSupported or Errno.Loop) return;
        FileFailure.Check(errno, path);
    }
}
