using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Writes a whole file so that readers see the old content or the new: into a temporary file beside it, which takes its name at commit
/// and is removed when that does not come. Writing to a symlink writes what it points to; with <c>overwrite</c> off, a symlink is already something that is there.
/// <para>A file that is a mount point of its own (/etc/hosts often is) cannot be replaced: the finished content is copied into it, which is the one case that is not atomic.</para>
/// </summary>
internal sealed class FileWriter : IDisposable
{
    private const uint DefaultMode = 0x1A4; // 0644

    private readonly Location _place;
    private readonly bool _overwrite;
    private readonly byte[] _temporary;
    private readonly Descriptor _file;
    private bool _committed;

    private FileWriter(Location place, bool overwrite, byte[] temporary, Descriptor file) =>
        (_place, _overwrite, _temporary, _file) = (place, overwrite, temporary, file);

    public static FileWriter Open(byte[] path, WriteOptions options)
    {
        FileFailure.Check(path is [(byte)'/'] ? Errno.IsADirectory : 0, path);
        if (options.Parents) DirectoryMaker.MakeParents(path, options.Owner ?? Ownership.Root);
        return Open(options.Overwrite ? Location.Behind(path) : Location.Of(path), options);
    }

    /// <param name="place">Owned by the writer from here on.</param>
    public static FileWriter Open(Location place, WriteOptions options)
    {
        FileWriter? writer = null;
        try
        {
            var old = place.Status();
            if (old is { } existing) CheckReplaceable(existing, place.Path, options.Overwrite);
            var (temporary, file) = CreateTemporary(place);
            writer = new FileWriter(place, options.Overwrite, temporary, file);

            // Changing the owner takes setuid bits away: the mode comes second.
            var owner = options.Owner ?? (old is { } kept ? new Ownership(kept.Uid, kept.Gid) : Ownership.Root);
            FileFailure.Check(FileCalls.ChangeOwner(file, owner), place.Path);
            FileFailure.Check(FileCalls.ChangeMode(file, options.Mode ?? old?.Mode ?? DefaultMode), place.Path);
            return writer;
        }
        catch
        {
            if (writer is null) place.Dispose();
            writer?.Dispose();
            throw;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes) => FileFailure.Check(DataCalls.Write(_file, bytes), _place.Path);

    /// <summary>All of the file is a hole until something is written there.</summary>
    public void SetLength(long size) => FileFailure.Check(DataCalls.Resize(_file, size), _place.Path);

    /// <summary>Where the next bytes go.</summary>
    public void MoveTo(long offset) => FileFailure.Check(DataCalls.Seek(_file, offset) < 0 ? Errno.Invalid : 0, _place.Path);

    public void SetModified(long unixSeconds)
    {
        var time = new FileTime { Seconds = unixSeconds };
        FileFailure.Check(FileCalls.ChangeTimes(_place.Directory, _temporary, time, time), _place.Path);
    }

    /// <summary>It is closed before it has its name: a program that somebody may still write to cannot be run (ETXTBSY), and whoever is told that it is there runs it at once.</summary>
    public void Commit()
    {
        _file.Dispose();
        var errno = Renaming.Rename(_place.Directory, _temporary, _place.Directory, _place.Name, _overwrite);
        if (errno == Errno.Busy && _overwrite)
        {
            CopyInto();
            return;
        }

        FileFailure.Check(errno, _place.Path);
        _committed = true;
    }

    public Entry Commit(Accounts accounts)
    {
        Commit();
        return Entries.At(_place, accounts);
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_committed) FileCalls.Remove(_place.Directory, _temporary, directory: false);
        _place.Dispose();
    }

    private static void CheckReplaceable(in FileStatus existing, byte[] path, bool overwrite)
    {
        if (existing.IsDirectory) throw FileFailure.Of(overwrite ? Errno.IsADirectory : Errno.Exists, path);
        if (!overwrite) throw FileFailure.Of(Errno.Exists, path);
        if (existing.Type is not (FileType.Regular or FileType.Symlink)) throw FileFailure.NotRegular(path);
    }

    private static (byte[] Name, Descriptor File) CreateTemporary(Location place)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = TemporaryName.Next();
            if (FileCalls.Open(place.Directory, name, OpenFlags.NewFile, 0x180, out var errno) is { } file) return (name, file);
            if (errno != Errno.Exists || attempt == TemporaryName.Attempts) throw FileFailure.Of(errno, place.Path);
        }
    }

    private void CopyInto()
    {
        using var source = FileCalls.Open(_place.Directory, _temporary, OpenFlags.CarefulRead | OpenFlags.NoFollow, 0, out var errno)
            ?? throw FileFailure.Of(errno, _place.Path);
        FileFailure.Check(FileCalls.Status(source, out var status), _place.Path);
        const OpenFlags Flags = OpenFlags.Write | OpenFlags.Truncate | OpenFlags.CarefulRead | OpenFlags.NoFollow;
        using var target = FileCalls.Open(_place.Directory, _place.Name, Flags, 0, out errno) ?? throw FileFailure.Of(errno, _place.Path);
        FileContentCopy.Run(source, target, (long)status.Size, _place.Path);
        FileFailure.Check(FileCalls.ChangeOwner(target, new Ownership(status.Uid, status.Gid)), _place.Path);
        FileFailure.Check(FileCalls.ChangeMode(target, status.Mode), _place.Path);
        FileFailure.Check(FileCalls.Remove(_place.Directory, _temporary, directory: false), _place.Path);
        _committed = true;
    }
}
