using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Processes.Attaching;

internal static class Attach
{
    /// <param name="offset">Where output starts; <c>-1</c> is "from now on".</param>
    /// <param name="pacing">The process waits for this client, if it was started paced.</param>
    public static async Task<Results<AttachSession, UpgradeRequired, FaultResult>> HandleAsync(string id, string pid, Call call, long? offset, bool? pacing)
    {
        if (offset is < -1) return new FaultResult(HttpFaults.Invalid("offset", "must be -1 or more"));
        if (!(await call.UseAsync(id)).TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        var handedOver = false;
        try
        {
            var process = ProcessName.Parse(pid);
            if (!(await sandbox.Guest.Processes.GetAsync(process, call.Cancellation)).TryGet(out var info, out fault)) return new FaultResult(call.Explain(id, sandbox, fault));
            if (!call.Http.WebSockets.IsWebSocketRequest) return new UpgradeRequired();
            var session = await OpenAsync(call, sandbox, info, offset ?? 0, pacing ?? false);
            if (!session.TryGet(out var opened, out fault)) return new FaultResult(call.Explain(id, sandbox, fault));
            opened.Hold(call, sandbox);
            handedOver = true;
            return opened;
        }
        finally
        {
            if (!handedOver) sandbox.Dispose();
        }
    }

    private static async Task<Result<AttachSession>> OpenAsync(Call call, LiveSandbox sandbox, ProcessInfo info, long offset, bool pacing)
    {
        var from = offset < 0 ? info.OutputEnd : offset;
        var output = await sandbox.Guest.Processes.FollowAsync(ProcessRef.ByPid(info.Pid), from, follow: true, pacing, call.Cancellation);
        return output.Map(events => new AttachSession(sandbox, info, events));
    }
}
