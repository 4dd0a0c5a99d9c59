using System.Text.Json;
using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Server.Api.Files;
using Atoll.Server.Api.Transfers;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>Checkpoints to and from other machines.</summary>
internal static class MoveCheckpoint
{
    public const string ArchiveType = "application/vnd.atoll.checkpoint";

    /// <summary>Waits and answers with the key, or, for a client that accepts <c>text/event-stream</c>, tells how far it is. A client that goes away ends it; what was sent stays sent.</summary>
    public static async Task<IResult> ExportAsync(string id, Call call)
    {
        TransferProgress progress = new();
        if (TransferEvents.AreAskedFor(call)) return TransferEvents.Stream(call, progress, CheckpointsJson.Wire.ExportView, RunAsync);
        return (await RunAsync(call.Cancellation)).TryGet(out var view, out var fault) ? TypedResults.Ok(view) : new FaultResult(fault);

        async Task<Result<ExportView>> RunAsync(CancellationToken cancellation) => (await call.Transfers.ExportAsync(call.Team, id, progress, cancellation)).Map(ExportView.Of);
    }

    public static async Task<Results<ByteStream, FaultResult>> DownloadAsync(string id, Call call)
    {
        var opened = await call.Transfers.OpenArchiveAsync(call.Team, id, call.Cancellation);
        if (!opened.TryGet(out var archive, out var fault)) return new FaultResult(fault);
        return new ByteStream(archive.Bytes, response => (response.ContentType, response.ContentLength) = (ArchiveType, archive.Length));
    }

    /// <param name="name">With an archive: what to call the checkpoint; left out, as it was.</param>
    /// <param name="comment">With an archive; left out, as it was.</param>
    public static async Task<IResult> ImportAsync(Call call, IdempotencyKey key, string? name, string? comment)
    {
        if (IsArchive(call.Http.Request)) return await FinishAsync(call, (progress, cancellation) => UploadAsync(call, new(name, comment), progress, cancellation));
        if ((name ?? comment) is not null) return new FaultResult(HttpFaults.Invalid(name is not null ? "name" : "comment", "is in the query, which is for archives", "Write it into the body."));
        var body = await ReadAsync(call);
        var sent = JsonSerializer.SerializeToUtf8Bytes(body, CheckpointsJson.Wire.ImportBody);
        return await FinishAsync(call, (progress, cancellation) => call.Get<Idempotency>().RunAsync(
            $"import {call.Team}", key, sent, () => call.Transfers.ImportAsync(call.Team, body.Key, new(body.Name, body.Comment), progress, cancellation)));
    }

    private static bool IsArchive(HttpRequest request)
    {
        if (request.ContentType is { } type && type.StartsWith(ArchiveType, StringComparison.OrdinalIgnoreCase)) return true;
        return request.HasJsonContentType() ? false : throw new BadHttpRequestException("The body must be JSON or an archive.", StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<IResult> FinishAsync(Call call, Func<TransferProgress, CancellationToken, Task<Result<Checkpoint>>> import)
    {
        TransferProgress progress = new();
        if (TransferEvents.AreAskedFor(call)) return TransferEvents.Stream(call, progress, CheckpointsJson.Wire.CheckpointView, async cancellation => (await import(progress, cancellation)).Map(CheckpointView.Of));
        if (!(await import(progress, call.Cancellation)).TryGet(out var checkpoint, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = checkpoint.Id.Value;
        return TypedResults.Created($"/v1/checkpoints/{checkpoint.Id}", CheckpointView.Of(checkpoint));
    }

    private static async Task<Result<Checkpoint>> UploadAsync(Call call, ImportRequest request, TransferProgress progress, CancellationToken cancellation)
    {
        var most = call.Get<IOptions<ServerOptions>>().Value.Limits.UploadBytes;
        var tooLarge = $"An upload may have at most {most} bytes (option Server:Limits:UploadBytes).";
        if (call.Http.Request.ContentLength > most) return HttpFaults.TooLarge(tooLarge);
        BoundedStream body = new(call.Http.Request.Body, most, tooLarge);
        return await Uploads.GuardAsync(body, () => call.Transfers.ImportAsync(call.Team, body, request, progress, cancellation));
    }

    private static async Task<ImportBody> ReadAsync(Call call)
    {
        var most = call.Get<IOptions<ServerOptions>>().Value.Limits.JsonBodyBytes;
        BoundedStream body = new(call.Http.Request.Body, most, $"The body of this request may have at most {most} bytes.");
        try
        {
            return await JsonSerializer.DeserializeAsync(body, CheckpointsJson.Wire.ImportBody, call.Cancellation) ?? throw new JsonException("null value");
        }
        catch (JsonException mistake)
        {
            throw new RefusedException(JsonMistake.Describe(mistake));
        }
    }
}
