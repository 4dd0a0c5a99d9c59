using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Atoll.Client.Checkpoints;
using Atoll.Client.Files;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Checkpoints on their way from one server to another. Cancelling ends what is under way; what was stored stays, and the next attempt goes on with it.</summary>
public sealed class TransfersClient
{
    private const string ArchiveType = "application/vnd.atoll.checkpoint";
    private const string ImportPath = "/v1/checkpoints/import";
    private readonly ApiConnection _connection;

    internal TransfersClient(ApiConnection connection) => _connection = connection;

    /// <summary>Puts a checkpoint into the server's object store.</summary>
    /// <param name="progress">Told how far it is, about twice a second.</param>
    public async Task<ExportInfo> ExportAsync(string id, Action<TransferInfo>? progress, CancellationToken cancellation)
    {
        using var response = await _connection.SendAsync(HttpMethod.Post, Path(id, "/export"), null, cancellation, accept: TransferStream.EventType);
        return await TransferStream.FollowAsync(_connection, response, AtollJson.Default.ExportInfo, progress, cancellation);
    }

    /// <summary>A checkpoint as one file, from the object store: export it first to see how far it is.</summary>
    public async Task<FileDownload> DownloadAsync(string id, CancellationToken cancellation)
    {
        var response = await _connection.SendAsync(HttpMethod.Get, Path(id, "/archive"), null, cancellation);
        try
        {
            return new(await response.Content.ReadAsStreamAsync(cancellation), response.Content.Headers.ContentLength, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Makes a checkpoint of an export in the server's object store.</summary>
    public async Task<CheckpointInfo> ImportAsync(ImportCheckpoint request, Action<TransferInfo>? progress, CancellationToken cancellation)
    {
        var body = JsonContent.Create(request, AtollRequestJson.Default.ImportCheckpoint);
        using var response = await _connection.SendAsync(HttpMethod.Post, ImportPath, body, cancellation, Guid.NewGuid().ToString("N"), TransferStream.EventType);
        return await TransferStream.FollowAsync(_connection, response, AtollJson.Default.CheckpointInfo, progress, cancellation);
    }

    /// <summary>Makes a checkpoint of an archive.</summary>
    /// <param name="length">How many bytes <paramref name="produce"/> writes; null when it is not known.</param>
    public async Task<CheckpointInfo> ImportAsync(string? name, string? comment, long? length, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation)
    {
        using var content = new StreamedContent(produce, length);
        content.Headers.ContentType = new MediaTypeHeaderValue(ArchiveType);
        try
        {
            using var response = await _connection.SendAsync(HttpMethod.Post, new Query(ImportPath).With("name", name).With("comment", comment).ToString(), content, cancellation);
            return await response.Content.ReadFromJsonAsync(AtollJson.Default.CheckpointInfo, cancellation) ?? throw _connection.Lost(null);
        }
        catch (AtollException failure) when (content.Failure is { } own && failure.InnerException is not null && own is not IOException { InnerException: System.Net.Sockets.SocketException })
        {
            throw own;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            throw _connection.Lost(broken);
        }
    }

    private static string Path(string id, string rest) => $"/v1/checkpoints/{Uri.EscapeDataString(id)}{rest}";
}
