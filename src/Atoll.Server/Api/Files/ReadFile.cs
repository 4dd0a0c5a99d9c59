using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Files;

/// <summary>A file's bytes. Without validators (a file in a sandbox may change between any two bytes) there is no conditional answer, and <c>If-Range</c> never matches.</summary>
internal static class ReadFile
{
    public static async Task<Results<ByteStream, RangeRefused, FaultResult>> HandleAsync(string id, GuestPath path, Call call)
    {
        if (!(await call.UseAsync(id)).TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        var handedOver = false;
        try
        {
            var headers = call.Http.Request.Headers;
            var range = headers.IfRange.Count > 0 ? null : ByteRange.Parse(headers.Range);
            (long Offset, long Length)? part = null;
            if (range is { } asked)
            {
                if (!(await sandbox.Guest.Files.StatAsync(path.In(sandbox), followSymlink: true, call.Cancellation)).TryGet(out var entry, out fault)) return new FaultResult(call.Explain(id, sandbox, fault));
                part = asked.Of(entry.SizeBytes);

                // Only a regular file has a size to compare with: anything else is refused by reading it.
                if (part is null && entry.Kind is FileKind.File) return new RangeRefused(entry.SizeBytes);
            }

            var read = await sandbox.Guest.Files.ReadAsync(path.In(sandbox), part?.Offset ?? 0, part?.Length, call.Cancellation);
            if (!read.TryGet(out var content, out fault)) return new FaultResult(call.Explain(id, sandbox, fault));
            var stream = new ByteStream(content.Bytes, response => Head(response, content, part?.Offset));
            stream.Hold(call, sandbox);
            handedOver = true;
            return stream;
        }
        finally
        {
            if (!handedOver) sandbox.Dispose();
        }
    }

    public static async Task<Results<EmptyHttpResult, FaultResult>> HeadAsync(string id, GuestPath path, Call call)
    {
        var stat = await call.UseAsync(id, sandbox => sandbox.Guest.Files.StatAsync(path.In(sandbox), followSymlink: true, call.Cancellation));
        if (!stat.TryGet(out var entry, out var fault)) return new FaultResult(fault);
        if (entry.Kind is not FileKind.File)
            return new FaultResult(new(entry.Kind is FileKind.Directory ? FaultCode.IsADirectory : FaultCode.NotARegularFile, FaultSide.Caller, FaultStage.File, "Only a regular file has bytes."));
        Common(call.Http.Response, entry);
        call.Http.Response.ContentLength = entry.SizeBytes;
        return TypedResults.Empty;
    }

    /// <summary>Status and headers of a file, or of the part of it that begins at an offset.</summary>
    public static void Head(HttpResponse response, FileContent content, long? offset)
    {
        Common(response, content.Entry);
        response.ContentLength = content.Length;
        if (offset is not { } first) return;
        response.StatusCode = StatusCodes.Status206PartialContent;
        var size = Math.Max(content.Entry.SizeBytes, first + content.Length);
        response.Headers.ContentRange = content.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"bytes */{size}")
            : string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{first + content.Length - 1}/{size}");
    }

    private static void Common(HttpResponse response, FileEntry entry)
    {
        response.ContentType = "application/octet-stream";
        response.Headers.AcceptRanges = "bytes";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.LastModified = entry.ModifiedAt.ToString("R", CultureInfo.InvariantCulture);
    }
}
