using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tree;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Copies an entry with its mode, times and owner; names of one file stay names of one file. The copy is made under a temporary name beside its place and renamed when it is whole,
/// so that a copy that fails leaves nothing, and what it replaces stays until then.
/// <para>Like a rename, it replaces a file by a file and an empty directory by a directory, nothing else. FIFOs are made anew; sockets and devices cannot be copied:
/// all else is, and then the call fails and says so.</para>
/// </summary>
internal sealed class Copier
{
    private readonly Location _from;
    private readonly CancellationToken _cancellation;
    private byte[]? _leftOut;
    private long _leftOutCount;

    private Copier(Location from, CancellationToken cancellation) => (_from, _cancellation) = (from, cancellation);

    public static Entry Run(byte[] from, byte[] to, bool recursive, bool overwrite, Accounts accounts, CancellationToken cancellation)
    {
        using var source = Location.Of(from);
        using var target = Location.Of(to);
        var status = source.Status() ?? throw FileFailure.Of(Errno.NotFound, from);
        if (status.IsDirectory && !recursive) throw FileFailure.Of(Errno.IsADirectory, from);
        if (target.Status() is { } old)
        {
            FileFailure.Check(overwrite ? 0 : Errno.Exists, to);
            if (old.IsSame(status)) throw FileFailure.Invalid($"{GuestPath.Display(from)} and {GuestPath.Display(to)} are the same");
            if (old.IsDirectory != status.IsDirectory) throw FileFailure.Of(old.IsDirectory ? Errno.IsADirectory : Errno.NotADirectory, to);
        }

        if (status.IsDirectory) CheckNotInside(target, status);
        new Copier(source, cancellation).Place(status, target, overwrite);
        return Entries.At(target, accounts);
    }

    /// <summary>For a move from one filesystem to another: the copy is in place, and complete, when this returns.</summary>
    public static void Transfer(Location from, in FileStatus status, Location to, bool overwrite, CancellationToken cancellation)
    {
        if (status.IsDirectory) CheckNotInside(to, status);
        new Copier(from, cancellation).Place(status, to, overwrite);
    }

    private void Place(in FileStatus status, Location target, bool overwrite)
    {
        using var temporary = new Location(Reopen(target), TemporaryName.Next(), target.Path);
        try
        {
            Copy(_from.Directory, _from.Name, _from.Path, status, temporary.Directory, temporary.Name);
            if (status.IsDirectory) CopyTree(temporary);
            FileFailure.Check(Renaming.Rename(temporary.Directory, temporary.Name, target.Directory, target.Name, overwrite), target.Path);
        }
        catch
        {
            Remover.Sweep(temporary);
            throw;
        }

        if (_leftOut is null) return;
        throw new FileFailure(
            FailureCode.NotARegularFile,
            $"All was copied but {_leftOutCount} that cannot be (sockets or devices, or directories swapped meanwhile), first {GuestPath.Display(_leftOut)}");
    }

    private void CopyTree(Location temporary)
    {
        // Source and copy are walked in step: a stack of the copy's directories, by the depth of the source's path.
        var top = FileCalls.Open(_from.Directory, _from.Name, OpenFlags.DirectoryRead, 0, out var errno) ?? throw FileFailure.Of(errno, _from.Path);
        var made = new Stack<CopiedDirectory>();
        try
        {
            FileFailure.Check(FileCalls.Status(top, out var status), _from.Path);
            made.Push(CopiedDirectory.Open(temporary.Directory, temporary.Name, _from.Path, status));
            var links = new CopiedLinks(made.Peek().Directory, _from.Path);
            foreach (var item in TreeWalk.Below(top, _from.Path, depth: null, skipClosed: false, _cancellation))
            {
                while (!made.Peek().Holds(item.Path)) made.Pop().Finish();
                if (links.TryLink(item.Status, item.Path, made.Peek().Directory, item.Name)) continue;
                Copy(item.Directory, item.Name, item.Path, item.Status, made.Peek().Directory, item.Name);
                if (item.Status.IsDirectory) made.Push(CopiedDirectory.Open(made.Peek().Directory, item.Name, item.Path, item.Status));
            }

            while (made.TryPop(out var finished)) finished.Finish();
        }
        finally
        {
            foreach (var left in made) left.Directory.Dispose();
        }
    }

    private void Copy(Descriptor at, byte[] name, byte[] path, in FileStatus status, Descriptor toAt, byte[] toName)
    {
        switch (status.Type)
        {
            case FileType.Directory:
                FileFailure.Check(FileCalls.MakeDirectory(toAt, toName, 0x1C0), path);
                return;
            case FileType.Regular:
                CopyFile(at, name, path, status, toAt, toName);
                return;
            case FileType.Symlink:
                var target = FileCalls.ReadLink(at, name, out var errno);
                FileFailure.Check(target is null ? errno : FileCalls.MakeSymlink(target, toAt, toName), path);
                FileFailure.Check(FileCalls.ChangeOwner(toAt, toName, new Ownership(status.Uid, status.Gid)), path);
                break;
            case FileType.Fifo:
                FileFailure.Check(FileCalls.MakeFifo(toAt, toName, 0x180), path);
                FileFailure.Check(FileCalls.ChangeOwner(toAt, toName, new Ownership(status.Uid, status.Gid)), path);
                FileFailure.Check(FileCalls.ChangeMode(toAt, toName, status.Mode, follow: false), path);
                break;
            default:
                if (ReferenceEquals(path, _from.Path)) throw FileFailure.NotRegular(path);
                _leftOut ??= path;
                _leftOutCount++;
                return;
        }

        FileFailure.Check(FileCalls.ChangeTimes(toAt, toName, status.Accessed, status.Modified), path);
    }

    private static void CopyFile(Descriptor at, byte[] name, byte[] path, in FileStatus met, Descriptor toAt, byte[] toName)
    {
        using var from = FileCalls.Open(at, name, OpenFlags.CarefulRead | OpenFlags.NoFollow, 0, out var errno) ?? throw FileFailure.Of(errno, path);
        FileFailure.Check(FileCalls.Status(from, out var status), path);
        if (status.Type != FileType.Regular) throw FileFailure.NotRegular(path);
        ProcFiles.Check(from, path);
        using var to = FileCalls.Open(toAt, toName, OpenFlags.NewFile, 0x180, out errno) ?? throw FileFailure.Of(errno, path);
        FileContentCopy.Run(from, to, (long)status.Size, path);
        FileFailure.Check(FileCalls.ChangeOwner(to, new Ownership(status.Uid, status.Gid)), path);
        FileFailure.Check(FileCalls.ChangeMode(to, status.Mode), path);
        FileFailure.Check(FileCalls.ChangeTimes(toAt, toName, met.Accessed, status.Modified), path);
    }

    /// <summary>Looks from the target's directory up to the root for the directory that is to be copied: by identity, so that symlinks and bind mounts do not hide it.</summary>
    private static void CheckNotInside(Location target, in FileStatus directory)
    {
        var at = Reopen(target);
        try
        {
            FileFailure.Check(FileCalls.Status(at, out var status), target.Path);
            while (true)
            {
                if (status.IsSame(directory)) throw FileFailure.Invalid($"{GuestPath.Display(target.Path)} lies inside the directory that is to be put there");
                var parent = FileCalls.Open(at, ".."u8, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, target.Path);
                at.Dispose();
                at = parent;
                var below = status;
                FileFailure.Check(FileCalls.Status(at, out status), target.Path);
                if (status.IsSame(below)) return;
            }
        }
        finally
        {
            at.Dispose();
        }
    }

    private static Descriptor Reopen(Location place) =>
        FileCalls.Open(place.Directory, "."u8, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, place.Path);
}
