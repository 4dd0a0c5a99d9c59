using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Files;

internal static class ChangeFiles
{
    /// <param name="recursive">Remove a directory with all that is in it.</param>
    public static Task<Results<NoContent, FaultResult>> RemoveAsync(string id, GuestPath path, Call call, bool? recursive) =>
        call.InAsync(id, sandbox => sandbox.Guest.Files.RemoveAsync(path.In(sandbox), recursive ?? false, call.Cancellation));

    public static async Task<Results<Ok<FileView>, FaultResult>> MakeDirectoryAsync(string id, MkdirBody body, Call call)
    {
        if (!GuestPath.Of("path", body.Path, body.RawPath).TryGet(out var path, out var badPath)) return new FaultResult(badPath);
        if (!FileArguments.Mode(body.Mode).TryGet(out var mode, out var fault)) return new FaultResult(fault);
        if (!FileArguments.Owner(body.Owner).TryGet(out var owner, out fault)) return new FaultResult(fault);
        return await call.InAsync(id, async sandbox => (await sandbox.Guest.Files.MakeDirectoryAsync(
            GuestPath.Resolve(sandbox, path), body.Parents ?? true, mode, owner ?? FileArguments.DefaultOwner(sandbox), call.Cancellation)).Map(FileView.Of));
    }

    public static async Task<Results<Ok<FileView>, FaultResult>> MoveAsync(string id, MoveBody body, Call call)
    {
        if (!GuestPath.Of("from", body.From, body.RawFrom).TryGet(out var from, out var badPath)) return new FaultResult(badPath);
        if (!GuestPath.Of("to", body.To, body.RawTo).TryGet(out var to, out badPath)) return new FaultResult(badPath);
        return await call.InAsync(id, async sandbox => (await sandbox.Guest.Files.MoveAsync(
            GuestPath.Resolve(sandbox, from), GuestPath.Resolve(sandbox, to), body.Overwrite ?? false, call.Cancellation)).Map(FileView.Of));
    }

    public static async Task<Results<Ok<FileView>, FaultResult>> CopyAsync(string id, CopyBody body, Call call)
    {
        if (!GuestPath.Of("from", body.From, body.RawFrom).TryGet(out var from, out var badPath)) return new FaultResult(badPath);
        if (!GuestPath.Of("to", body.To, body.RawTo).TryGet(out var to, out badPath)) return new FaultResult(badPath);
        return await call.InAsync(id, async sandbox => (await sandbox.Guest.Files.CopyAsync(
            GuestPath.Resolve(sandbox, from), GuestPath.Resolve(sandbox, to), body.Recursive ?? false, body.Overwrite ?? false, call.Cancellation)).Map(FileView.Of));
    }

    public static async Task<Results<NoContent, FaultResult>> ChmodAsync(string id, ChmodBody body, Call call)
    {
        if (!GuestPath.Of("path", body.Path, body.RawPath).TryGet(out var path, out var badPath)) return new FaultResult(badPath);
        if (!FileArguments.Mode(body.Mode).TryGet(out var mode, out var fault)) return new FaultResult(fault);
        return await call.InAsync(id, sandbox => sandbox.Guest.Files.ChmodAsync(GuestPath.Resolve(sandbox, path), mode!.Value, body.Recursive ?? false, call.Cancellation));
    }

    public static async Task<Results<NoContent, FaultResult>> ChownAsync(string id, ChownBody body, Call call)
    {
        if (!GuestPath.Of("path", body.Path, body.RawPath).TryGet(out var path, out var badPath)) return new FaultResult(badPath);
        if (!FileArguments.Owner(body.Owner).TryGet(out var owner, out var fault)) return new FaultResult(fault);
        return await call.InAsync(id, sandbox => sandbox.Guest.Files.ChownAsync(GuestPath.Resolve(sandbox, path), owner!, body.Recursive ?? false, call.Cancellation));
    }
}
