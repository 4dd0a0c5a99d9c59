using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>Removes all that is in a tree that nobody trusts, however wide and, up to the length of a path, however deep: no link is followed, and one directory is open at one time.</summary>
internal static class TreeRemoval
{
    private const int IsADirectory = 21;
    private const int NotEmpty = 39;

    /// <exception cref="SyscallException">Deeper than a path may be long, say: what was removed by then is removed.</exception>
    public static void Empty(RootedFiles tree)
    {
        Stack<VolumePath> open = new([new VolumePath([])]);
        while (open.TryPeek(out var at))
        {
            if (FirstFilled(tree, at) is { } filled)
            {
                open.Push(at.Below(filled));
                continue;
            }

            open.Pop();
            if (at.Split() is not var (folder, name)) continue;
            using var parent = tree.Open(folder.Whole, RootedFiles.DirectoryOnly | RootedFiles.NoFollow);
            RootedFiles.Remove(parent, name, directory: true);
        }
    }

    /// <summary>Removes what can be, up to the first directory that has something in it; null when all is gone. Names that move while others are removed are met again.</summary>
    private static byte[]? FirstFilled(RootedFiles tree, VolumePath at)
    {
        byte[]? filled = null;
        bool any;
        do
        {
            any = false;
            using var folder = tree.Open(at.Whole, RootedFiles.DirectoryOnly | RootedFiles.NoFollow);
            RootedFiles.Visit(folder, name =>
            {
                any = true;
                if (TryRemove(folder, name)) return true;
                filled = name;
                return false;
            });
        }
        while (any && filled is null);
        return filled;
    }

    private static bool TryRemove(SafeFileHandle folder, byte[] name)
    {
        try
        {
            RootedFiles.Remove(folder, name, directory: false);
            return true;
        }
        catch (SyscallException directory) when (directory.Errno == IsADirectory)
        {
        }

        try
        {
            RootedFiles.Remove(folder, name, directory: true);
            return true;
        }
        catch (SyscallException filled) when (filled.Errno == NotEmpty)
        {
            return false;
        }
    }
}
