using System.Globalization;
using Atoll.Client.Files;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Files of one volume. Paths begin at the volume's root.</summary>
public sealed class VolumeFilesClient
{
    private const int MostListed = 100_000;
    private readonly ApiConnection _connection;
    private readonly string _volume;

    internal VolumeFilesClient(ApiConnection connection, string volume) => (_connection, _volume) = (connection, volume);

    /// <param name="followSymlink">What a symlink points to, instead of the symlink itself.</param>
    public Task<FileEntryInfo> StatAsync(string path, bool followSymlink, CancellationToken cancellation) =>
        _connection.GetAsync(At("/files/stat", path).With("follow", followSymlink ? "true" : "false").ToString(), AtollJson.Default.FileEntryInfo, cancellation);

    /// <summary>A directory's own entries, 100,000 at most.</summary>
    public async Task<IReadOnlyList<FileEntryInfo>> ListAsync(string path, CancellationToken cancellation)
    {
        var query = At("/files/list", path).With("limit", MostListed.ToString(CultureInfo.InvariantCulture));
        return (await _connection.GetAsync(query.ToString(), AtollJson.Default.AtollPageFileEntryInfo, cancellation)).Items;
    }

    /// <summary>A regular file's bytes.</summary>
    public Task<FileDownload> ReadAsync(string path, CancellationToken cancellation) => ByteTransfer.DownloadAsync(_connection, At("/files", path), cancellation);

    /// <summary>Writes a whole file: readers see the old or the new content, and a broken upload leaves the old.</summary>
    /// <param name="length">How many bytes <paramref name="produce"/> writes; null when it is not known.</param>
    /// <param name="mode">Permission bits; null is the server's default.</param>
    public Task WriteAsync(string path, int? mode, long? length, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation) =>
        ByteTransfer.UploadAsync(_connection, At("/files", path).With("mode", mode is { } bits ? Convert.ToString(bits, 8) : null), length, produce, cancellation);

    /// <summary>With its parents; one that is there is fine.</summary>
    public Task MakeDirectoryAsync(string path, int? mode, CancellationToken cancellation) =>
        _connection.PostAsync(_volume + "/files/mkdir", MakeDirectory.At(path, mode is { } bits ? Convert.ToString(bits, 8) : null), AtollRequestJson.Default.MakeDirectory, cancellation);

    /// <param name="recursive">A directory with all that is in it.</param>
    public Task RemoveAsync(string path, bool recursive, CancellationToken cancellation) =>
        _connection.DeleteAsync(At("/files", path).With("recursive", recursive ? "true" : null).ToString(), cancellation);

    private Query At(string route, string path) => new Query(_volume + route).With("path", path);
}
