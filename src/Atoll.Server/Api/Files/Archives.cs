using System.IO.Compression;
using Atoll.Core.Faults;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Files;

/// <summary>Tar both ways. Compression is done here, outside: the agent stays small. What a gzip stream grows to is bounded, as is its own size.</summary>
internal static class Archives
{
    /// <param name="format"><c>tar.gz</c>, the default, or <c>tar</c>.</param>
    public static async Task<Results<ByteStream, FaultResult>> DownloadAsync(string id, GuestPath path, Call call, string? format)
    {
        if (!IsGzip(format).TryGet(out var gzip, out var fault)) return new FaultResult(fault);
        return await call.OpenAsync<ByteStream>(id, async sandbox =>
        {
            var archive = await sandbox.Guest.Files.ArchiveAsync(path.In(sandbox), call.Cancellation);
            return archive.Map(tar => new ByteStream(tar, response => response.ContentType = gzip ? "application/gzip" : "application/x-tar", gzip));
        });
    }

    /// <param name="format"><c>tar.gz</c>, the default, or <c>tar</c>.</param>
    /// <param name="owner">Whom everything belongs to; left out, the sandbox's user.</param>
    public static async Task<Results<Ok<ExtractView>, FaultResult>> UploadAsync(string id, GuestPath path, Call call, string? format, string? owner)
    {
        if (!IsGzip(format).TryGet(out var gzip, out var fault)) return new FaultResult(fault);
        if (!FileArguments.Owner(owner).TryGet(out var whose, out fault)) return new FaultResult(fault);
        var limits = call.Get<IOptions<ServerOptions>>().Value.Limits;
        if (call.Http.Request.ContentLength > limits.UploadBytes) return new FaultResult(HttpFaults.TooLarge($"An upload may have at most {limits.UploadBytes} bytes."));
        return await call.InAsync(id, async sandbox =>
        {
            var raw = new BoundedStream(call.Http.Request.Body, limits.UploadBytes, $"An upload may have at most {limits.UploadBytes} bytes (option Server:Limits:UploadBytes).");
            await using var unzipped = gzip ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : null;
            var tar = new BoundedStream(unzipped ?? (Stream)raw, limits.ArchiveBytes, $"An archive may unpack to at most {limits.ArchiveBytes} bytes (option Server:Limits:ArchiveBytes).");
            return await Uploads.GuardAsync(tar, async () =>
                (await sandbox.Guest.Files.ExtractAsync(path.In(sandbox), tar, whose ?? FileArguments.DefaultOwner(sandbox), call.Cancellation)).Map(count => new ExtractView(count)));
        });
    }

    private static Result<bool> IsGzip(string? format) => format switch
    {
        null or "tar.gz" => true,
        "tar" => false,
        _ => HttpFaults.Invalid("format", "must be tar or tar.gz"),
    };
}
