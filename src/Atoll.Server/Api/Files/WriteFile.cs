using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Files;

internal static class WriteFile
{
    /// <param name="mode">Octal digits; left out, the replaced file's, or 0644.</param>
    /// <param name="owner">Left out, the replaced file's, or the sandbox's user.</param>
    /// <param name="parents">Make missing parents; true unless said otherwise.</param>
    /// <param name="overwrite">Replace a file that is there; true unless said otherwise.</param>
    public static async Task<Results<Ok<FileView>, FaultResult>> HandleAsync(string id, GuestPath path, Call call, string? mode, string? owner, bool? parents, bool? overwrite)
    {
        if (!FileArguments.Mode(mode).TryGet(out var bits, out var fault)) return new FaultResult(fault);
        if (!FileArguments.Owner(owner).TryGet(out var whose, out fault)) return new FaultResult(fault);
        var most = call.Get<IOptions<ServerOptions>>().Value.Limits.UploadBytes;
        var tooLarge = $"An upload may have at most {most} bytes (option Server:Limits:UploadBytes).";
        if (call.Http.Request.ContentLength > most) return new FaultResult(HttpFaults.TooLarge(tooLarge));
        return await call.InAsync(id, async sandbox =>
        {
            // "Keep the owner of what is replaced, else the sandbox's user" takes a look first; a file that appears in between is replaced all the same.
            var files = sandbox.Guest.Files;
            var there = whose is null ? await files.StatAsync(path.In(sandbox), followSymlink: true, call.Cancellation) : default;
            if (there.Fault is { Code: not (FaultCode.FileNotFound or FaultCode.NotADirectory) } unreadable) return unreadable;
            var newOwner = whose ?? (there.Succeeded ? null : FileArguments.DefaultOwner(sandbox));
            var body = new BoundedStream(call.Http.Request.Body, most, tooLarge);
            return await Uploads.GuardAsync(body, async () =>
                (await files.WriteAsync(path.In(sandbox), body, new FileWriteOptions(parents ?? true, bits, newOwner, overwrite ?? true), call.Cancellation)).Map(FileView.Of));
        });
    }
}
