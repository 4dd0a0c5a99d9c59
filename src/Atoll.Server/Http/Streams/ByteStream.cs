using System.IO.Compression;
using System.Reflection;
using Atoll.Server.Http.Calls;
using Microsoft.AspNetCore.Http.Metadata;

namespace Atoll.Server.Http.Streams;

/// <summary>Bytes out of a sandbox as the answer. One that breaks off midway is cut: with a length announced, or chunks unfinished, no client takes it for whole.</summary>
/// <param name="bytes">Disposed at the end.</param>
/// <param name="head">Sets status and headers.</param>
/// <param name="gzip">Compress on the way out.</param>
internal sealed class ByteStream(Stream bytes, Action<HttpResponse> head, bool gzip = false) : GuestStream, IEndpointMetadataProvider
{
    private const int CopyBytes = 128 * 1024;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(200, typeof(byte[]), ["application/octet-stream"]));

    protected override async Task SendAsync(HttpContext http, CancellationToken over)
    {
        await using var source = bytes;
        head(http.Response);
        try
        {
            await http.Response.StartAsync(over);
            if (gzip)
            {
                // Fastest: the network beside it is rarely slower than the better levels.
                await using var zip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
                await source.CopyToAsync(zip, CopyBytes, over);
            }
            else
            {
                await source.CopyToAsync(http.Response.Body, CopyBytes, over);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            http.Abort();
        }
    }
}
