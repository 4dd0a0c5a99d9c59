using Atoll.Client.Files;
using Atoll.Client.Wire;

namespace Atoll.Client.Http;

/// <summary>Bytes of files, both ways.</summary>
internal static class ByteTransfer
{
    public static async Task<FileDownload> DownloadAsync(ApiConnection connection, Query query, CancellationToken cancellation)
    {
        var response = await connection.SendAsync(HttpMethod.Get, query.ToString(), null, cancellation);
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

    public static async Task UploadAsync(ApiConnection connection, Query query, long? length, Func<Stream, CancellationToken, Task> produce, CancellationToken cancellation)
    {
        using var content = new StreamedContent(produce, length);
        try
        {
            (await connection.SendAsync(HttpMethod.Put, query.ToString(), content, cancellation)).Dispose();
        }
        catch (AtollException failure) when (content.Failure is { } own && failure.InnerException is not null && own is not IOException { InnerException: System.Net.Sockets.SocketException })
        {
            throw own;
        }
    }
}
