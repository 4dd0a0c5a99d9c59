using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Atoll.Client;
using Atoll.Client.Wire;

namespace Atoll.Cli.Copying;

/// <summary>Copies from here into a volume, file by file. Into a directory that is there, the source goes below it under its own name; else it takes the name that is given.</summary>
internal sealed class VolumeUpload(VolumeFilesClient files, Transfer transfer, Action<string> warn)
{
    public async Task RunAsync(Endpoint source, string destination, CancellationToken cancellation)
    {
        if (source.IsStream)
        {
            using var stdin = new InputStream();
            await files.WriteAsync(destination, null, null, (body, token) => Streams.CopyAsync(stdin, body, transfer, token), cancellation);
            transfer.CountFile();
            return;
        }

        if (Directory.Exists(source.Path)) await SendFolderAsync(source.Path, await PlaceAsync(source.Path, destination, cancellation), cancellation);
        else if (FileKinds.IsRegular(source.Path)) await SendFileAsync(source.Path, await PlaceAsync(source.Path, destination, cancellation), cancellation);
        else throw new CliException("file_not_found", $"{source.Path} is no file or directory here.");
    }

    private async Task SendFolderAsync(string path, string destination, CancellationToken cancellation)
    {
        if (destination.Trim('/').Length > 0) await files.MakeDirectoryAsync(destination, (int)(File.GetUnixFileMode(path) & LocalFile.ModeMask), cancellation);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal))
        {
            var below = destination.TrimEnd('/') + "/" + Path.GetFileName(entry);
            if (new FileInfo(entry).LinkTarget is not null) warn($"{entry} is a symlink and was left out.");
            else if (Directory.Exists(entry)) await SendFolderAsync(entry, below, cancellation);
            else if (FileKinds.IsRegular(entry)) await SendFileAsync(entry, below, cancellation);
            else warn($"{entry} is no file or directory and was left out.");
        }
    }

    private async Task SendFileAsync(string path, string destination, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
        await using var counted = new CountedFile(file, file.Length, transfer);
        await files.WriteAsync(destination, (int)(File.GetUnixFileMode(file.SafeFileHandle) & LocalFile.ModeMask), file.Length, (body, token) => counted.CopyToAsync(body, token), cancellation);
        transfer.CountFile();
    }

    private async Task<string> PlaceAsync(string source, string destination, CancellationToken cancellation)
    {
        // "dir/." means the content of dir, as in cp.
        if (source.EndsWith("/.", StringComparison.Ordinal) || source == ".") return destination;
        var below = destination.TrimEnd('/') + "/" + Path.GetFileName(Path.GetFullPath(source).TrimEnd('/'));
        try
        {
            var there = await files.StatAsync(destination, followSymlink: true, cancellation);
            return there.Kind == "directory" ? below : destination;
        }
        catch (AtollException failure) when (failure.Code == "file_not_found")
        {
            return destination.EndsWith('/') ? below : destination;
        }
    }
}
