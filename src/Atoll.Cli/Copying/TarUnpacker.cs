using Atoll.Cli.Archives;
using Atoll.Cli.Errors;
using Atoll.Cli.Native;

namespace Atoll.Cli.Copying;

/// <summary>
/// Unpacks what a sandbox sent, trusting none of it. No entry lands outside the destination: absolute names and <c>..</c> end the copy; no parent may be
/// a symlink, whether it was there before or is planted by the archive, since symlinks are made last, when nothing is written any more. Devices and FIFOs are
/// never made, set-id bits are dropped, a hard link is one only to a file that came with this copy (to others it is a copy of them), and there is a limit on bytes, those of holes included.
/// </summary>
internal sealed class TarUnpacker(string destination, long largestBytes, Transfer transfer, Action<string> warn)
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(LocalFiles.FullPath(destination));
    private readonly Dictionary<string, (int Mode, DateTimeOffset Modified)> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Target, bool Hard)> _links = [];
    private long _announced;

    public async Task UnpackAsync(Stream archive, CancellationToken cancellation)
    {
        LocalFiles.MakeFolders(_root);
        try
        {
            var tar = new TarInput(archive);
            while (await tar.NextAsync(cancellation) is { } entry) await UnpackAsync(tar, entry, cancellation);
        }
        catch (Exception failure) when (failure is FormatException or EndOfStreamException)
        {
            throw new CliException(Codes.HostileArchive, $"What the sandbox sent is no archive: {failure.Message}", "Nothing outside the destination was touched; what had come before is there.", failure);
        }

        foreach (var (path, target, hard) in _links) await MakeLinkAsync(path, target, hard, cancellation);
        // Deepest first, so that a directory without write permission is closed after what is in it.
        foreach (var (path, (mode, modified)) in _folders.OrderByDescending(folder => folder.Key.Length)) LocalFiles.Close(path, mode & (int)LocalFile.ModeMask, modified);
    }

    private async Task UnpackAsync(TarInput tar, TarMember entry, CancellationToken cancellation)
    {
        var path = Place(entry.Name);
        switch (entry.Type)
        {
            case TarMember.Folder:
                MakeFolder(path);
                if (path != _root) _folders[path] = (entry.Mode, entry.Modified);
                break;
            case TarMember.File:
                await WriteAsync(tar, entry, path, cancellation);
                break;
            case TarMember.Symlink:
                _links.Add((path, entry.LinkName, Hard: false));
                break;
            case TarMember.HardLink:
                _links.Add((path, Place(entry.LinkName), Hard: true));
                break;
            default:
                warn($"left out: {entry.Name} is an entry of type '{entry.Type}', which is not made here");
                break;
        }
    }

    private async Task WriteAsync(TarInput tar, TarMember entry, string path, CancellationToken cancellation)
    {
        if (path == _root) throw Outside(entry.Name);
        var size = Math.Max(entry.Bytes, entry.FileBytes ?? 0);
        if (size > largestBytes - _announced) throw new CliException(Codes.HostileArchive, $"More than {largestBytes / 1024 / 1024} MiB would come.", "If that is expected, allow it: --max-size");
        _announced += size;
        MakeFolder(Path.GetDirectoryName(path)!);
        if (LocalFiles.Look(path) is { Kind: LocalKind.Folder }) throw new CliException("file_exists", $"{path} is a directory here and a file in the sandbox.", "Copy to another place.");
        await using var file = new LocalFile(path);
        if (entry.FileBytes is { } whole) await FillAsync(tar, entry, file.Stream, whole, cancellation);
        else await ReceiveAsync(tar, file.Stream, entry.Bytes, cancellation);
        await file.KeepAsync((UnixFileMode)entry.Mode, entry.Modified);
        _written.Add(path);
        transfer.CountFile();
    }

    private async Task FillAsync(TarInput tar, TarMember entry, FileStream file, long whole, CancellationToken cancellation)
    {
        var pieces = await FilePieces.ReadAsync(tar, entry, cancellation);
        file.SetLength(whole);
        foreach (var (offset, length) in pieces)
        {
            file.Position = offset;
            await ReceiveAsync(tar, file, length, cancellation);
        }
    }

    private async Task ReceiveAsync(TarInput tar, FileStream file, long length, CancellationToken cancellation)
    {
        var buffer = new byte[Math.Min(length, 128 * 1024)];
        while (length > 0)
        {
            var count = await tar.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellation);
            if (count == 0) throw new EndOfStreamException("an entry is shorter than it says");
            await file.WriteAsync(buffer.AsMemory(0, count), cancellation);
            transfer.Count(count);
            length -= count;
        }
    }

    private string Place(string name)
    {
        var parts = name.Split('/');
        if (name.StartsWith('/') || name.Contains('\0') || parts.Contains("..")) throw Outside(name);
        return Path.Combine([_root, .. parts.Where(part => part is not ("" or "."))]);
    }

    // Each step down is looked at, since one that is a symlink would lead the next out of the destination.
    private void MakeFolder(string path)
    {
        if (path == _root || _folders.ContainsKey(path)) return;
        MakeFolder(Path.GetDirectoryName(path)!);
        switch (LocalFiles.Look(path))
        {
            case null:
                LocalFiles.MakeFolder(path);
                break;
            case { Kind: LocalKind.Symlink }:
                throw new CliException(Codes.HostileArchive, $"{path} is a symlink, and something would be written through it.", "Nothing was. Remove it, or copy to another place.");
            case { Kind: not LocalKind.Folder }:
                throw new CliException("file_exists", $"{path} is a file here and a directory in the sandbox.", "Copy to another place.");
        }
    }

    private async Task MakeLinkAsync(string path, string target, bool hard, CancellationToken cancellation)
    {
        if (path == _root) throw Outside(target);
        MakeFolder(Path.GetDirectoryName(path)!);
        if (hard) MakeFolder(Path.GetDirectoryName(target)!);
        if (LocalFiles.Look(path) is { Kind: LocalKind.Folder }) throw new CliException("file_exists", $"{path} is a directory here and a link in the sandbox.", "Copy to another place.");
        if (path == target) return;
        LocalFiles.Remove(path);
        _written.Remove(path);
        if (!hard) LocalFiles.MakeSymlink(path, target);
        else if (LocalFiles.Look(target) is not { Kind: LocalKind.File } file) warn($"left out: {path} is a hard link to what is no file");
        else if (!_written.Contains(target) || !LocalFiles.TryLink(target, path)) await CopyAsync(target, path, file, cancellation);
        transfer.CountFile();
    }

    private static async Task CopyAsync(string from, string path, LocalEntry entry, CancellationToken cancellation)
    {
        await using var source = new FileStream(LocalFiles.OpenRead(from), FileAccess.Read, bufferSize: 0);
        await using var file = new LocalFile(path);
        await source.CopyToAsync(file.Stream, cancellation);
        await file.KeepAsync((UnixFileMode)entry.Mode, entry.Modified);
    }

    private static CliException Outside(string name) =>
        new(Codes.HostileArchive, $"The sandbox sent an entry that would land outside the destination: '{name}'.", "Nothing outside was touched. Do not trust what runs in this sandbox.");
}
