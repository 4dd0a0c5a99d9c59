using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Client;
using Atoll.Client.Files;

namespace Atoll.Cli.Copying;

/// <summary>Copies from a sandbox to here. Into a directory that is there, the source goes below it under its own name; else it takes the name that is given.</summary>
internal sealed class Download(FilesClient files, CliOutput output, long largestBytes, Transfer transfer, Action<string> warn)
{
    private const int UsualMode = 0b110_100_100;

    public async Task RunAsync(string source, Endpoint destination, CancellationToken cancellation)
    {
        var entry = await files.StatAsync(source, followSymlink: true, cancellation);
        if (entry.Kind == "directory") await FetchFolderAsync(source, destination, cancellation);
        else await FetchFileAsync(source, entry, destination, cancellation);
    }

    private async Task FetchFileAsync(string source, FileEntryInfo entry, Endpoint destination, CancellationToken cancellation)
    {
        await using var download = await files.ReadAsync(source, cancellation);
        if (download.Length > largestBytes) throw new CliException(Codes.HostileArchive, $"{source} is larger than {largestBytes / 1024 / 1024} MiB.", "If that is expected, allow it: --max-size");
        transfer.Total = download.Length;
        if (destination.IsStream)
        {
            await Streams.CopyAsync(download.Bytes, new OutputStream(output), transfer, cancellation);
        }
        else
        {
            await using var file = new LocalFile(Place(source, destination.Path));
            await Streams.CopyAsync(new BoundedStream(download.Bytes, largestBytes), file.Stream, transfer, cancellation);
            await file.KeepAsync((UnixFileMode)(entry.Permissions ?? UsualMode), entry.ModifiedAt);
        }

        transfer.CountFile();
    }

    private async Task FetchFolderAsync(string source, Endpoint destination, CancellationToken cancellation)
    {
        await using var download = await files.ArchiveAsync(source, cancellation);
        if (destination.IsStream) await Streams.CopyAsync(download.Bytes, new OutputStream(output), transfer, cancellation);
        else await new TarUnpacker(Place(source, destination.Path), largestBytes, transfer, warn).UnpackAsync(download.Bytes, cancellation);
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
