using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Atoll.Client;
using Atoll.Client.Files;
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

        if (LocalFiles.Follow(source.Path) is not { Kind: LocalKind.Folder or LocalKind.File } entry) throw new CliException("file_not_found", $"{PathText.Shown(source.Path)} is no file or directory here.");
        if (entry.Kind is LocalKind.Folder) await SendFolderAsync(source.Path, await PlaceAsync(source.Path, destination, cancellation), cancellation);
        else await SendFileAsync(source.Path, await PlaceAsync(source.Path, destination, cancellation), cancellation);
    }

    private async Task SendFolderAsync(string path, string destination, CancellationToken cancellation)
    {
        if (destination.Trim('/').Length > 0) await files.MakeDirectoryAsync(destination, LocalFiles.Follow(path)?.Mode & (int)LocalFile.ModeMask, cancellation);
        foreach (var name in LocalFiles.Names(path))
        {
            var (entry, below) = (path.TrimEnd('/') + "/" + name, destination.TrimEnd('/') + "/" + name);
            switch (LocalFiles.Look(entry)?.Kind)
            {
                case LocalKind.Symlink:
                    warn($"{PathText.Shown(entry)} is a symlink and was left out.");
                    break;
                case LocalKind.Folder:
                    await SendFolderAsync(entry, below, cancellation);
                    break;
                case LocalKind.File:
                    await SendFileAsync(entry, below, cancellation);
                    break;
                case not null:
                    warn($"{PathText.Shown(entry)} is no file or directory and was left out.");
                    break;
            }
        }
    }

    private async Task SendFileAsync(string path, string destination, CancellationToken cancellation)
    {
        await using var file = new FileStream(LocalFiles.OpenRead(path, follow: true), FileAccess.Read, bufferSize: 0);
        await using var counted = new CountedFile(file, file.Length, transfer);
        await files.WriteAsync(destination, (int)(File.GetUnixFileMode(file.SafeFileHandle) & LocalFile.ModeMask), file.Length, (body, token) => counted.CopyToAsync(body, token), cancellation);
        transfer.CountFile();
    }

    private async Task<string> PlaceAsync(string source, string destination, CancellationToken cancellation)
    {
        // "dir/." means the content of dir, as in cp.
        if (source.EndsWith("/.", StringComparison.Ordinal) || source == ".") return destination;
        var below = destination.TrimEnd('/') + "/" + LocalFiles.NameOf(source);
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
