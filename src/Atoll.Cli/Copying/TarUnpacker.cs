using System.Formats.Tar;
using Atoll.Cli.Errors;

namespace Atoll.Cli.Copying;

/// <summary>
/// Unpacks what a sandbox sent, trusting none of it. No entry lands outside the destination: absolute names and <c>..</c> end the copy; no parent may be
/// a symlink, whether it was there before or is planted by the archive, since symlinks are made last, when nothing is written any more. Devices and FIFOs are
/// never made, set-id bits are dropped, hard links become copies, and there is a limit on bytes.
/// </summary>
internal sealed class TarUnpacker(string destination, long largestBytes, Transfer transfer, Action<string> warn)
{
    private readonly string _root = Path.GetFullPath(destination);
    private readonly Dictionary<string, (UnixFileMode Mode, DateTimeOffset Modified)> _folders = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Target, bool Hard)> _links = [];

    public async Task UnpackAsync(Stream archive, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_root);
        try
        {
            await using var tar = new TarReader(archive, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry) await UnpackAsync(entry, cancellation);
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or ArgumentException or NotSupportedException or EndOfStreamException)
        {
            throw new CliException(Codes.HostileArchive, $"What the sandbox sent is no archive: {failure.Message}", "Nothing outside the destination was touched; what had come before is there.", failure);
        }

        foreach (var (path, target, hard) in _links) MakeLink(path, target, hard);
        // Deepest first, so that a directory without write permission is closed after what is in it.
        foreach (var (path, (mode, modified)) in _folders.OrderByDescending(folder => folder.Key.Length))
        {
            Directory.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            File.SetUnixFileMode(path, mode & LocalFile.ModeMask);
        }
    }

    private async Task UnpackAsync(TarEntry entry, CancellationToken cancellation)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes) return;
        var path = Place(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                MakeFolder(path);
                if (path != _root) _folders[path] = (entry.Mode, entry.ModificationTime);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await WriteAsync(entry, path, cancellation);
                break;
            case TarEntryType.SymbolicLink:
                _links.Add((path, entry.LinkName, Hard: false));
                break;
            case TarEntryType.HardLink:
                _links.Add((path, Place(entry.LinkName), Hard: true));
                break;
            default:
                warn($"left out: {entry.Name} is a {entry.EntryType}, which is not made here");
                break;
        }
    }

    private async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        if (path == _root) throw Outside(entry.Name);
        if (transfer.Bytes + entry.Length > largestBytes) throw new CliException(Codes.HostileArchive, $"More than {largestBytes / 1024 / 1024} MiB would come.", "If that is expected, allow it: --max-size");
        MakeFolder(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null) throw new CliException("file_exists", $"{path} is a directory here and a file in the sandbox.", "Copy to another place.");
        await using var file = new LocalFile(path);
        if (entry.DataStream is { } data) await Streams.CopyAsync(data, file.Stream, transfer, cancellation);
        await file.KeepAsync(entry.Mode, entry.ModificationTime);
        transfer.CountFile();
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
        var there = new FileInfo(path);
        if (there.LinkTarget is not null) throw new CliException(Codes.HostileArchive, $"{path} is a symlink, and something would be written through it.", "Nothing was. Remove it, or copy to another place.");
        if (there.Exists) throw new CliException("file_exists", $"{path} is a file here and a directory in the sandbox.", "Copy to another place.");
        Directory.CreateDirectory(path);
    }

    private void MakeLink(string path, string target, bool hard)
    {
        if (path == _root) throw Outside(target);
        MakeFolder(Path.GetDirectoryName(path)!);
        if (hard) MakeFolder(Path.GetDirectoryName(target)!);
        var there = new FileInfo(path);
        if (there.LinkTarget is null && Directory.Exists(path)) throw new CliException("file_exists", $"{path} is a directory here and a link in the sandbox.", "Copy to another place.");
        if (there.LinkTarget is not null || there.Exists) there.Delete();
        if (!hard) File.CreateSymbolicLink(path, target);
        else if (Native.FileKinds.IsRegular(target)) File.Copy(target, path);
        else warn($"left out: {path} is a hard link to what is no file");
        transfer.CountFile();
    }

    private static CliException Outside(string name) =>
        new(Codes.HostileArchive, $"The sandbox sent an entry that would land outside the destination: '{name}'.", "Nothing outside was touched. Do not trust what runs in this sandbox.");
}
