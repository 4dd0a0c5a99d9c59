using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Client;
using Atoll.Client.Files;

namespace Atoll.Cli.Copying;

/// <summary>Copies from a volume to here, file by file. Nothing in it is trusted: only plain names become files here, and no link is ever made.</summary>
internal sealed class VolumeDownload(VolumeFilesClient files, CliOutput output, Transfer transfer, Action<string> warn)
{
    private const int UsualMode = 0b110_100_100;

    public async Task RunAsync(string source, Endpoint destination, CancellationToken cancellation)
    {
        var entry = await files.StatAsync(source, followSymlink: true, cancellation);
        if (entry.Kind != "directory") await FetchFileAsync(source, entry, destination, cancellation);
        else if (destination.IsStream) throw new CliException(Codes.Usage, $"{source} is a directory, which cannot be written to stdout.", "Give a local directory.");
        else await FetchFolderAsync(source, Place(source, destination.Path), cancellation);
    }

    private async Task FetchFolderAsync(string source, string destination, CancellationToken cancellation)
    {
        if (LocalFiles.Look(destination) is null) LocalFiles.MakeFolder(destination);
        foreach (var entry in await files.ListAsync(source, cancellation))
        {
            var name = entry.ExactPath[(entry.ExactPath.LastIndexOf('/') + 1)..];
            if (name is "" or "." or ".." || name.Contains('\0')) warn($"An entry of {source} has a name that cannot be used here, and was left out.");
            else if (entry.Kind is "directory") await FetchFolderAsync(source.TrimEnd('/') + "/" + name, Path.Combine(destination, name), cancellation);
            else if (entry.Kind is "file") await FetchFileAsync(source.TrimEnd('/') + "/" + name, entry, new(null, Path.Combine(destination, name)), cancellation);
            else warn($"{entry.Path} is no file or directory and was left out.");
        }
    }

    private async Task FetchFileAsync(string source, FileEntryInfo entry, Endpoint destination, CancellationToken cancellation)
    {
        await using var download = await files.ReadAsync(source, cancellation);
        if (destination.IsStream)
        {
            await Streams.CopyAsync(download.Bytes, new OutputStream(output), transfer, cancellation);
        }
        else
        {
            await using var file = new LocalFile(LocalFiles.IsFolder(destination.Path) ? Place(source, destination.Path) : destination.Path);
            await Streams.CopyAsync(download.Bytes, file.Stream, transfer, cancellation);
            await file.KeepAsync((UnixFileMode)(entry.Permissions ?? UsualMode), entry.ModifiedAt);
        }

        transfer.CountFile();
    }

    private static string Place(string source, string destination)
    {
        if (source.EndsWith("/.", StringComparison.Ordinal) || !(LocalFiles.IsFolder(destination) || destination.EndsWith('/'))) return destination;
        var name = source.TrimEnd('/').Split('/')[^1];
        if (name is "" or "." or "..") return destination;
        LocalFiles.MakeFolders(destination);
        return Path.Combine(destination, name);
    }
}
