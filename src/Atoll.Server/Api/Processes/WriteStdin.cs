using System.Text;
using Atoll.Core.Faults;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Processes;

internal static class WriteStdin
{
    public static async Task<Results<Ok<StdinView>, FaultResult>> HandleAsync(string id, string pid, StdinBody body, Call call)
    {
        if (body.Offset is < 0) return new FaultResult(HttpFaults.Invalid("offset", "must be 0 or more"));
        if (!Bytes(body).TryGet(out var bytes, out var fault)) return new FaultResult(fault);
        return await call.InAsync(id, async sandbox =>
            (await sandbox.Guest.Processes.WriteStdinAsync(ProcessName.Parse(pid), body.Offset, bytes, body.End ?? false, call.Cancellation)).Map(reached => new StdinView(reached)));
    }

    private static Result<byte[]> Bytes(StdinBody body)
    {
        if (body is { Text: not null, Base64: not null }) return HttpFaults.Invalid("base64", "cannot be given together with text");
        if (body is { Text: null, Base64: null, End: not true }) return HttpFaults.Invalid("text", "or base64 or end must be given");
        if (body.Base64 is null) return Encoding.UTF8.GetBytes(body.Text ?? "");
        var bytes = new byte[body.Base64.Length];
        return Convert.TryFromBase64String(body.Base64, bytes, out var length) ? bytes[..length] : HttpFaults.Invalid("base64", "is not base64");
    }
}
