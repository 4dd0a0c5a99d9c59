using Atoll.Cli.Archives;
using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Cli.Copying;

/// <summary>
/// Packs a local directory's content: files, directories and symlinks (as symlinks), with modes and times, whatever bytes their names are. A file of several names is packed once, and holes
/// are left out. Sockets, FIFOs and devices are left out, and told. Nothing is followed out of the directory.
/// </summary>
internal sealed class TarPacker(string root, Transfer transfer, Action<string> warn)
{
    // Deeper trees are loops or mistakes; the server's own limit on paths (4,095 bytes) is near.
    private const int DeepestLevel = 256;

    private readonly Dictionary<(uint Major, uint Minor, ulong Inode), string> _linked = [];

    /// <summary>Bytes of all files below, for the progress bar.</summary>
    public long Measure() => Measure(root, 0);

    public async Task PackAsync(Stream destination, CancellationToken cancellation)
    {
        var tar = new TarOutput(destination);
        await PackFolderAsync(tar, destination, Path.TrimEndingDirectorySeparator(LocalFiles.FullPath(root)), "", 0, cancellation);
        await tar.EndAsync(cancellation);
    }

    private static long Measure(string folder, int level)
    {
        try
        {
            return level > DeepestLevel ? 0 : LocalFiles.Names(folder).Sum(name => LocalFiles.Look(folder + "/" + name) switch
            {
                { Kind: LocalKind.File } file => file.Size,
                { Kind: LocalKind.Folder } => Measure(folder + "/" + name, level + 1),
                _ => 0,
            });
        }
        catch (IOException)
        {
            // What cannot be read is told when it is packed; the bar can do without.
            return 0;
        }
    }

    private async Task PackFolderAsync(TarOutput tar, Stream destination, string folder, string prefix, int level, CancellationToken cancellation)
    {
        if (level > DeepestLevel) throw new CliException(Codes.Local, $"{folder} is more than {DeepestLevel} directories deep.");
        foreach (var local in LocalFiles.Names(folder))
        {
            var (path, name) = (folder + "/" + local, prefix + local);
            switch (LocalFiles.Look(path))
            {
                case null:
                    break;
                case { Kind: LocalKind.Symlink } link:
                    await tar.WriteAsync(new(TarMember.Symlink, name, LocalFiles.ReadLink(path), 0x1FF, 0, link.Modified), cancellation);
                    transfer.CountFile();
                    break;
                case { Kind: LocalKind.Folder } below:
                    await tar.WriteAsync(new(TarMember.Folder, name + "/", "", below.Mode, 0, below.Modified), cancellation);
                    await PackFolderAsync(tar, destination, path, name + "/", level + 1, cancellation);
                    break;
                case { Kind: LocalKind.File, Links: > 1 } again when _linked.TryGetValue(again.File, out var first):
                    await tar.WriteAsync(new(TarMember.HardLink, name, first, again.Mode, 0, again.Modified), cancellation);
                    transfer.CountFile();
                    break;
                case { Kind: LocalKind.File } file:
                    await PackFileAsync(tar, destination, path, name, file, cancellation);
                    if (file.Links > 1) _linked[file.File] = name;
                    break;
                default:
                    warn($"left out: {path} is no file, directory or symlink");
                    break;
            }
        }
    }

    private async Task PackFileAsync(TarOutput tar, Stream destination, string path, string name, LocalEntry entry, CancellationToken cancellation)
    {
        using var file = LocalFiles.OpenRead(path);
        var length = RandomAccess.GetLength(file);
        if (FilePieces.Find(file, length) is { } pieces)
        {
            var map = FilePieces.Map(pieces, length);
            var data = pieces.Sum(piece => piece.Length);
            await tar.WriteAsync(new(TarMember.File, name, "", entry.Mode, map.Length + data, entry.Modified, length), cancellation);
            await destination.WriteAsync(map, cancellation);
            foreach (var (offset, count) in pieces) await SendAsync(destination, file, path, offset, count, cancellation);
            await tar.PadAsync(data, cancellation);
        }
        else
        {
            await tar.WriteAsync(new(TarMember.File, name, "", entry.Mode, length, entry.Modified), cancellation);
            await SendAsync(destination, file, path, 0, length, cancellation);
            await tar.PadAsync(length, cancellation);
        }

        transfer.CountFile();
    }

    /// <summary>The header has said how long it is: exactly so many bytes go, or the copy fails, since fewer or more would shift everything behind them.</summary>
    private async Task SendAsync(Stream destination, SafeFileHandle file, string path, long offset, long length, CancellationToken cancellation)
    {
        var buffer = new byte[Math.Min(length, 128 * 1024)];
        while (length > 0)
        {
            var count = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), offset, cancellation);
            if (count == 0) throw new IOException($"{path} became shorter while it was copied.");
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellation);
            transfer.Count(count);
            (offset, length) = (offset + count, length - count);
        }
    }
}
