using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>Core's <see cref="IVolumeFiles"/> over <see cref="RootedFiles"/>, which keeps all of it within the volume.</summary>
/// <param name="root">The volume's directory on the host.</param>
internal sealed class VolumeFiles(string root) : IVolumeFiles
{
    private const int CopyBytes = 256 * 1024;
    private const int UsualFile = 0x1A4;
    private const int UsualDirectory = 0x1ED;
    private const int MostParents = 256;
    private readonly RootedFiles _tree = new(root);

    public Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation) => AtAsync<FileEntry>(
        path,
        at =>
        {
            using var handle = _tree.Open(at.Whole, RootedFiles.PathOnly | (followSymlink ? 0 : RootedFiles.NoFollow));
            return Entry(at, handle);
        },
        cancellation);

    public Task<Result<IReadOnlyList<FileEntry>>> ListAsync(string path, int depth, string? pattern, int limit, CancellationToken cancellation) => AtAsync<IReadOnlyList<FileEntry>>(
        path,
        at =>
        {
            List<FileEntry> entries = [];
            List(at, depth, pattern, limit, entries, cancellation);
            return entries;
        },
        cancellation);

    public Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation) => AtAsync<FileContent>(
        path,
        at =>
        {
            // Without waiting: a FIFO has nobody at its other end.
            var file = _tree.Open(at.Whole, RootedFiles.ReadOnly | RootedFiles.NonBlocking);
            var status = RootedFiles.StatusOf(file);
            if (!status.IsFile)
            {
                file.Dispose();
                return FileFaults.NotRegular(path, status.IsDirectory);
            }

            var left = Math.Max(0, status.Size - offset);
            var part = Math.Min(length ?? left, left);
            return new FileContent(Entry(at, status, null), part, new FilePart(file, offset, part));
        },
        cancellation);

    public async Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation)
    {
        if (VolumePath.Parse(path) is not { } at) return FileFaults.BadPath(path);
        if (at.Split() is not var (folder, name)) return FileFaults.NoName(path);
        (uint User, uint Group)? given = null;
        if (options.Owner is { } asked && !TryOwner(asked, out given)) return FileFaults.NoOwner(asked.Value);
        return await FileFaults.GuardAsync<FileEntry>(
            path,
            async () =>
            {
                if (!options.Parents || Follow(folder) is not null) _tree.Open(folder.Whole, RootedFiles.DirectoryOnly).Dispose();
                var there = Look(at);
                if (there is { IsFile: false, IsLink: false } other) return FileFaults.NotRegular(path, other.IsDirectory);
                if (there is not null && !options.Overwrite) return FileFaults.Exists(path);
                using var root = _tree.Open([], RootedFiles.DirectoryOnly);
                using var file = RootedFiles.OpenUnnamed(root);
                await CopyAsync(content, file, cancellation);
                cancellation.ThrowIfCancellationRequested();

                // Only now, so that an upload that breaks off leaves nothing at all.
                using var parent = options.Parents ? OpenOrMake(folder, given) : _tree.Open(folder.Whole, RootedFiles.DirectoryOnly);
                var kept = there is { IsFile: true } before ? before : (RootedFiles.FileStatus?)null;
                var parentOwner = RootedFiles.StatusOf(parent);
                var owner = given ?? (kept is { } old ? (old.User, old.Group) : (parentOwner.User, parentOwner.Group));
                RootedFiles.Give(file, owner.Item1, owner.Item2, (uint)(options.Mode ?? (kept?.Mode & 0xFFF) ?? UsualFile));
                if (!TryPlace(file, parent, name, options.Overwrite)) return FileFaults.Exists(path);
                RootedFiles.Sync(file);
                return Entry(at, file);
            },
            cancellation);
    }

    public Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation) => AtAsync<FileEntry>(
        path,
        at =>
        {
            (uint User, uint Group)? given = null;
            if (owner is not null && !TryOwner(owner, out given)) return FileFaults.NoOwner(owner.Value);
            if (at.Split() is not var (folder, name)) return parents && Look(at) is { IsDirectory: true } ? Entry(at, Look(at)!.Value, null) : FileFaults.Exists(path);
            using var parent = parents ? OpenOrMake(folder, given) : _tree.Open(folder.Whole, RootedFiles.DirectoryOnly);
            try
            {
                Make(parent, name, given, mode ?? UsualDirectory);
            }
            catch (SyscallException there) when (there.Errno == Errno.Exists && parents && Follow(at) is { IsDirectory: true })
            {
                // As asked for.
            }

            using var made = _tree.Open(at.Whole, RootedFiles.PathOnly);
            return Entry(at, made);
        },
        cancellation);

    public Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation) => AtAsync<Done>(
        path,
        at =>
        {
            if (at.Split() is not var (folder, name)) return FileFaults.NoName(path);
            using var parent = _tree.Open(folder.Whole, RootedFiles.DirectoryOnly);
            if (Look(at) is { IsDirectory: true })
            {
                if (recursive)
                {
                    using RootedFiles below = new(RootedFiles.OpenChild(parent, name));
                    TreeRemoval.Empty(below);
                }

                RootedFiles.Remove(parent, name, directory: true);
            }
            else
            {
                RootedFiles.Remove(parent, name, directory: false);
            }

            return Done.Value;
        },
        cancellation);

    public void Dispose() => _tree.Dispose();

    private static Task<Result<T>> AtAsync<T>(string path, Func<VolumePath, Result<T>> work, CancellationToken cancellation) =>
        VolumePath.Parse(path) is { } at ? FileFaults.GuardAsync(path, () => work(at), cancellation) : Task.FromResult<Result<T>>(FileFaults.BadPath(path));

    private static async Task CopyAsync(Stream content, SafeFileHandle file, CancellationToken cancellation)
    {
        var buffer = new byte[CopyBytes];
        var written = 0L;
        while (await content.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            await RandomAccess.WriteAsync(file, buffer.AsMemory(0, read), written, cancellation);
            written += read;
        }
    }

    /// <summary>A name that is free at once; in place of another by a second name, which only a crash between the two calls leaves.</summary>
    private static bool TryPlace(SafeFileHandle file, SafeFileHandle parent, byte[] name, bool overwrite)
    {
        try
        {
            RootedFiles.Name(file, parent, name);
            return true;
        }
        catch (SyscallException taken) when (taken.Errno == Errno.Exists)
        {
            if (!overwrite) return false;
        }

        var passing = Encoding.ASCII.GetBytes($".atoll-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        RootedFiles.Name(file, parent, passing);
        try
        {
            RootedFiles.Rename(parent, passing, name);
            return true;
        }
        catch (SyscallException)
        {
            RootedFiles.Remove(parent, passing, directory: false);
            throw;
        }
    }

    private static bool TryOwner(FileOwner owner, out (uint User, uint Group)? numbers)
    {
        var parts = owner.Value.Split(':');
        var user = 0;
        var group = 0;
        var valid = parts.Length is 1 or 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out user) && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out group);
        numbers = valid ? ((uint)user, (uint)group) : null;
        return valid;
    }

    /// <summary>The directory, with what is missing of the way to it.</summary>
    private SafeFileHandle OpenOrMake(VolumePath folder, (uint User, uint Group)? owner)
    {
        try
        {
            return _tree.Open(folder.Whole, RootedFiles.DirectoryOnly);
        }
        catch (SyscallException missing) when (missing.Errno == Errno.NoEntry && folder.Split() is not null && folder.Whole.AsSpan().Count((byte)'/') < MostParents)
        {
            var (above, name) = folder.Split()!.Value;
            using var parent = OpenOrMake(above, owner);
            try
            {
                Make(parent, name, owner, UsualDirectory);
            }
            catch (SyscallException quicker) when (quicker.Errno == Errno.Exists)
            {
                // Somebody else, or a symlink to nothing, which the next call tells.
            }

            return _tree.Open(folder.Whole, RootedFiles.DirectoryOnly);
        }
    }

    private static void Make(SafeFileHandle parent, byte[] name, (uint User, uint Group)? owner, int mode)
    {
        RootedFiles.MakeDirectory(parent, name);
        var above = RootedFiles.StatusOf(parent);
        var (user, group) = owner ?? (above.User, above.Group);
        using var made = RootedFiles.OpenChild(parent, name);
        RootedFiles.Give(made, user, group, (uint)mode);
    }

    private void List(VolumePath at, int depth, string? pattern, int limit, List<FileEntry> entries, CancellationToken cancellation)
    {
        using var folder = _tree.Open(at.Whole, RootedFiles.DirectoryOnly);
        RootedFiles.Visit(folder, name =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (entries.Count >= limit) return false;
            var below = at.Below(name);
            if (Look(below) is not { } status) return true;
            if (pattern is null || FileSystemName.MatchesSimpleExpression(pattern, Encoding.UTF8.GetString(name), ignoreCase: false)) entries.Add(Entry(below, status, status.IsLink ? Target(below) : null));
            if (status.IsDirectory && depth > 1) List(below, depth - 1, pattern, limit, entries, cancellation);
            return true;
        });
    }

    /// <summary>The entry itself, or null.</summary>
    private RootedFiles.FileStatus? Look(VolumePath at) => Status(at, RootedFiles.NoFollow);

    private RootedFiles.FileStatus? Follow(VolumePath at) => Status(at, 0);

    private RootedFiles.FileStatus? Status(VolumePath at, ulong flags)
    {
        try
        {
            using var handle = _tree.Open(at.Whole, RootedFiles.PathOnly | flags);
            return RootedFiles.StatusOf(handle);
        }
        catch (SyscallException missing) when (missing.Errno == Errno.NoEntry)
        {
            return null;
        }
    }

    private static FileEntry Entry(VolumePath at, SafeFileHandle handle)
    {
        var status = RootedFiles.StatusOf(handle);
        return Entry(at, status, status.IsLink ? RootedFiles.TargetOf(handle) : null);
    }

    private byte[]? Target(VolumePath at)
    {
        using var link = _tree.Open(at.Whole, RootedFiles.PathOnly | RootedFiles.NoFollow);
        return RootedFiles.StatusOf(link).IsLink ? RootedFiles.TargetOf(link) : null;
    }

    private static FileEntry Entry(VolumePath at, RootedFiles.FileStatus status, byte[]? target) => new(
        at.Text,
        status.Type switch
        {
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Symlink,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.File,
        },
        status.Size,
        status.Mode & 0xFFF,
        (int)status.User,
        (int)status.Group,
        status.User.ToString(CultureInfo.InvariantCulture),
        status.Group.ToString(CultureInfo.InvariantCulture),
        Time(status.Modified),
        Time(status.Accessed),
        Time(status.Changed),
        target is null ? null : Encoding.UTF8.GetString(target),
        at.Raw,
        target is null || System.Text.Unicode.Utf8.IsValid(target) ? (ReadOnlyMemory<byte>?)null : target);

    /// <summary>What a file says may be any number of seconds.</summary>
    private static DateTimeOffset Time((long Seconds, uint Nanoseconds) time) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.Seconds, -62_135_596_800, 253_402_300_798)).AddTicks(time.Nanoseconds / 100);
}
