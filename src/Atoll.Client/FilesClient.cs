using Atoll.Client.Files;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Files of one sandbox. Paths are absolute, or relative to its working directory.</summary>
public sealed class FilesClient
{
    private readonly ApiConnection _connection;
    private readonly string _sandbox;

    internal FilesClient(ApiConnection connection, string sandbox) => (_connection, _sandbox) = (connection, sandbox);

    /// <param name="followSymlink">What a symlink points to, instead of the symlink itself.</param>
    public Task<FileEntryInfo> StatAsync(string path, bool followSymlink, CancellationToken cancellation) =>
        _connection.GetAsync(At("/files/stat", path).With("follow", followSymlink ? "true" : "false").ToString(), AtollJson.Default.FileEntryInfo, cancellation);

    /// <summary>A regular file's bytes.</summary>
    public Task<FileDownload> ReadAsync(string path, CancellationToken cancellation) => DownloadAsync(At("/files", path), cancellation);

    /// <summary>Writes a whole file: readers see the old or the new content, and a broken upload leaves the old.</summary>
    /// <param name="length">How many bytes <paramref name="produce"/> writes; null when it is not known.</param>
    /// <param name="mode">Permission bits; null is the server's default.</param>
    public Task WriteAsync(string path, int? mode, long? length, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation) =>
        UploadAsync(At("/files", path).With("mode", mode is { } bits ? Convert.ToString(bits, 8) : null), length, produce, cancellation);

    public Task ChmodAsync(string path, int mode, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(_sandbox, "/files/chmod"), ChangeMode.At(path, Convert.ToString(mode, 8)), AtollRequestJson.Default.ChangeMode, cancellation);

    /// <summary>A file or directory as an uncompressed tar stream, with names relative to <paramref name="path"/>. Nothing in it is to be trusted.</summary>
    public Task<FileDownload> ArchiveAsync(string path, CancellationToken cancellation) =>
        DownloadAsync(At("/files/archive", path).With("format", "tar"), cancellation);

    /// <summary>Unpacks an uncompressed tar stream below a directory, which is made if need be.</summary>
    public Task ExtractAsync(string path, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation) =>
        UploadAsync(At("/files/archive", path).With("format", "tar"), null, produce, cancellation);

    private Query At(string route, string path) => new Query(Query.Sandbox(_sandbox, route)).With("path", path);

    private Task<FileDownload> DownloadAsync(Query query, CancellationToken cancellation) => ByteTransfer.DownloadAsync(_connection, query, cancellation);

    private Task UploadAsync(Query query, long? length, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation) => ByteTransfer.UploadAsync(_connection, query, length, produce, cancellation);
}
