using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Processes;

internal static class Output
{
    /// <param name="offset">Where to start; a <c>Last-Event-ID</c> header goes before it.</param>
    /// <param name="follow">Stay until the process has ended (the default), or send what is there now.</param>
    /// <param name="encoding"><c>utf8</c> or <c>base64</c>.</param>
    /// <param name="pacing">The process waits for this reader, if it was started paced.</param>
    public static async Task<Results<EventStream, FaultResult>> HandleAsync(string id, string pid, Call call, string? offset, bool? follow, string? encoding, bool? pacing)
    {
        if (!OutputEncoding.IsBase64(encoding).TryGet(out var base64, out var fault)) return new FaultResult(fault);
        if (!PageArguments.Sequence(call.Http, offset, "offset").TryGet(out var from, out fault)) return new FaultResult(fault);
        return await call.OpenAsync<EventStream>(id, async sandbox =>
        {
            // The stream outlives this lambda, and its cancellation comes from what sends it.
            var opened = await sandbox.Guest.Processes.FollowAsync(ProcessName.Parse(pid), from, follow ?? true, pacing ?? false, call.Cancellation);
            return opened.Map(output => new EventStream((events, over) => events.PumpAsync(output, new OutputEvents(events, base64).Write, over)));
        });
    }
}
