using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;
using Atoll.Server.Api.Files;
using Atoll.Server.Hosting;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Volumes;

/// <summary>Files of a volume that no sandbox has mounted, in the words of sandboxes' files. Paths begin at the volume's root.</summary>
internal static class VolumeFileEndpoints
{
    private const int DefaultEntries = 10_000;
    private const int MaxEntries = 100_000;
    private const int MaxDepth = 64;

    public static void Map(RouteGroupBuilder volumes)
    {
        var files = volumes.MapGroup("/{id}/files");
        files.MapGet("", ReadAsync).WithName("readVolumeFile").WithSummary("A file's bytes; Range is understood.");
        files.MapPut("", WriteAsync).WithName("writeVolumeFile").WithSummary("Write a whole file, atomically; the body is its bytes.").WithBodyLimit(BodySize.Stream);
        files.MapDelete("", RemoveAsync).WithName("removeVolumeFile").WithSummary("Remove a file, symlink or directory.");
        files.MapGet("/stat", StatAsync).WithName("statVolumeFile").WithSummary("One entry.");
        files.MapGet("/list", ListAsync).WithName("listVolumeFiles").WithSummary("Entries below a directory, each directory before its content.");
        files.MapPost("/mkdir", MakeDirectoryAsync).WithName("makeVolumeDirectory").WithSummary("Make a directory.").WithBodyLimit(BodySize.Small);
    }

    private static async Task<Results<ByteStream, RangeRefused, FaultResult>> ReadAsync(string id, GuestPath path, Call call)
    {
        if (!(await call.Volumes.OpenAsync(call.Team, id, write: false, call.Cancellation)).TryGet(out var files, out var fault)) return new FaultResult(fault);
        using (files)
        {
            var headers = call.Http.Request.Headers;
            var range = headers.IfRange.Count > 0 ? null : ByteRange.Parse(headers.Range);
            (long Offset, long Length)? part = null;
            if (range is { } asked)
            {
                if (!(await files.StatAsync(path.Value, followSymlink: true, call.Cancellation)).TryGet(out var entry, out fault)) return new FaultResult(fault);
                part = asked.Of(entry.SizeBytes);
                if (part is null && entry.Kind is FileKind.File) return new RangeRefused(entry.SizeBytes);
            }

            var read = await files.ReadAsync(path.Value, part?.Offset ?? 0, part?.Length, call.Cancellation);
            return read.TryGet(out var content, out fault) ? new ByteStream(content.Bytes, response => ReadFile.Head(response, content, part?.Offset)) : new FaultResult(fault);
        }
    }

    /// <param name="mode">Octal digits; left out, the replaced file's, or 0644.</param>
    /// <param name="owner">Numbers, <c>uid</c> or <c>uid:gid</c>; left out, the replaced file's, or the directory's.</param>
    /// <param name="parents">Make missing parents; true unless said otherwise.</param>
    /// <param name="overwrite">Replace a file that is there; true unless said otherwise.</param>
    private static async Task<Results<Ok<FileView>, FaultResult>> WriteAsync(string id, GuestPath path, Call call, string? mode, string? owner, bool? parents, bool? overwrite)
    {
        if (!FileArguments.Mode(mode).TryGet(out var bits, out var fault)) return new FaultResult(fault);
        if (!FileArguments.Owner(owner).TryGet(out var whose, out fault)) return new FaultResult(fault);
        var most = call.Get<IOptions<ServerOptions>>().Value.Limits.UploadBytes;
        var tooLarge = $"An upload may have at most {most} bytes (option Server:Limits:UploadBytes).";
        if (call.Http.Request.ContentLength > most) return new FaultResult(HttpFaults.TooLarge(tooLarge));
        return await InAsync(call, id, write: true, async files =>
        {
            BoundedStream body = new(call.Http.Request.Body, most, tooLarge);
            return (await Uploads.GuardAsync(body, () => files.WriteAsync(path.Value, body, new(parents ?? true, bits, whose, overwrite ?? true), call.Cancellation))).Map(FileView.Of);
        });
    }

    /// <param name="recursive">Remove a directory with all that is in it.</param>
    private static async Task<Results<NoContent, FaultResult>> RemoveAsync(string id, GuestPath path, Call call, bool? recursive)
    {
        if (!(await call.Volumes.OpenAsync(call.Team, id, write: true, call.Cancellation)).TryGet(out var files, out var fault)) return new FaultResult(fault);
        using (files)
        {
            var removed = await files.RemoveAsync(path.Value, recursive ?? false, call.Cancellation);
            return removed.Fault is { } failed ? new FaultResult(failed) : TypedResults.NoContent();
        }
    }

    /// <param name="follow">Where the path is a symlink: what it points to, or (false) the symlink itself.</param>
    private static Task<Results<Ok<FileView>, FaultResult>> StatAsync(string id, GuestPath path, Call call, bool? follow) =>
        InAsync(call, id, write: false, async files => (await files.StatAsync(path.Value, follow ?? true, call.Cancellation)).Map(FileView.Of));

    /// <param name="depth">1, the directory's own entries, to 64.</param>
    /// <param name="pattern">A glob on names.</param>
    /// <param name="limit">1 to 100,000 entries; 10,000 unless said otherwise.</param>
    private static async Task<Results<Ok<TruncatedItems<FileView>>, FaultResult>> ListAsync(string id, GuestPath path, Call call, int? depth, string? pattern, int? limit)
    {
        if (depth is < 1 or > MaxDepth) return new FaultResult(HttpFaults.Invalid("depth", "must be from 1 to 64"));
        if (PageArguments.CheckLimit(limit, MaxEntries) is { } wrong) return new FaultResult(wrong);
        var most = limit ?? DefaultEntries;
        return await InAsync(call, id, write: false, async files =>
            (await files.ListAsync(path.Value, depth ?? 1, pattern, most + 1, call.Cancellation)).Map(entries => new TruncatedItems<FileView>([.. entries.Take(most).Select(FileView.Of)], entries.Count > most, null)));
    }

    private static async Task<Results<Ok<FileView>, FaultResult>> MakeDirectoryAsync(string id, MkdirBody body, Call call)
    {
        if (!GuestPath.Of("path", body.Path, body.RawPath).TryGet(out var path, out var badPath)) return new FaultResult(badPath);
        if (!FileArguments.Mode(body.Mode).TryGet(out var mode, out var fault)) return new FaultResult(fault);
        if (!FileArguments.Owner(body.Owner).TryGet(out var owner, out fault)) return new FaultResult(fault);
        return await InAsync(call, id, write: true, async files => (await files.MakeDirectoryAsync(path, body.Parents ?? true, mode, owner, call.Cancellation)).Map(FileView.Of));
    }

    private static async Task<Results<Ok<T>, FaultResult>> InAsync<T>(Call call, string id, bool write, Func<IVolumeFiles, Task<Result<T>>> work)
    {
        if (!(await call.Volumes.OpenAsync(call.Team, id, write, call.Cancellation)).TryGet(out var files, out var fault)) return new FaultResult(fault);
        using (files)
        {
            var done = await work(files);
            return done.TryGet(out var value, out fault) ? TypedResults.Ok(value) : new FaultResult(fault);
        }
    }
}
