using System.Formats.Tar;
using Atoll.Cli.Errors;
using Atoll.Cli.Native;

namespace Atoll.Cli.Copying;

/// <summary>
/// Packs a local directory's content: files, directories and symlinks (as symlinks), with modes and times. Sockets, FIFOs and devices are left out, and told.
/// Nothing is followed out of the directory.
/// </summary>
internal sealed class TarPacker(string root, Transfer transfer, Action<string> warn)
{
    // Deeper trees are loops or mistakes; the server's own limit on paths (4,095 bytes) is near.
    private const int DeepestLevel = 256;

    /// <summary>Bytes of all files below, for the progress bar.</summary>
    public long Measure() => new DirectoryInfo(root)
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MaxRecursionDepth = DeepestLevel })
        .Sum(file => file.Length);

    public async Task PackAsync(Stream destination, CancellationToken cancellation)
    {
        await using var tar = new TarWriter(destination, TarEntryFormat.Pax, leaveOpen: true);
        await PackFolderAsync(tar, new DirectoryInfo(root), "", 0, cancellation);
    }

    private async Task PackFolderAsync(TarWriter tar, DirectoryInfo folder, string prefix, int level, CancellationToken cancellation)
    {
        if (level > DeepestLevel) throw new CliException(Codes.Local, $"{folder.FullName} is more than {DeepestLevel} directories deep.");
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var name = prefix + entry.Name;
            if (entry.LinkTarget is { } target)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, ModificationTime = entry.LastWriteTimeUtc }, cancellation);
                transfer.CountFile();
            }
            else if (entry is DirectoryInfo below)
            {
                await tar.WriteEntryAsync(Header(TarEntryType.Directory, name + "/", entry), cancellation);
                await PackFolderAsync(tar, below, name + "/", level + 1, cancellation);
            }
            else if (FileKinds.IsRegular(entry.FullName))
            {
                await PackFileAsync(tar, (FileInfo)entry, name, cancellation);
            }
            else
            {
                warn($"left out: {entry.FullName} is no file, directory or symlink");
            }
        }
    }

    private async Task PackFileAsync(TarWriter tar, FileInfo file, string name, CancellationToken cancellation)
    {
        await using var content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
        await using var counted = new CountedFile(content, content.Length, transfer);
        var header = Header(TarEntryType.RegularFile, name, file);
        header.DataStream = counted;
        await tar.WriteEntryAsync(header, cancellation);
        transfer.CountFile();
    }

    private static PaxTarEntry Header(TarEntryType type, string name, FileSystemInfo entry) =>
        new(type, name) { Mode = entry.UnixFileMode, ModificationTime = entry.LastWriteTimeUtc };
}
