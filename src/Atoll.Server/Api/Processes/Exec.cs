using System.Diagnostics;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Processes;

internal static class Exec
{
    /// <summary>A client that goes away ends the command: nobody else can have its result.</summary>
    /// <param name="encoding"><c>utf8</c> or <c>base64</c>.</param>
    public static async Task<Results<Ok<ExecView>, FaultResult>> HandleAsync(string id, ProcessBody body, Call call, string? encoding)
    {
        if (!OutputEncoding.IsBase64(encoding).TryGet(out var base64, out var wrong)) return new FaultResult(wrong);
        var limits = call.Get<IOptions<ServerOptions>>().Value.Limits;
        return await call.InAsync(id, async sandbox =>
        {
            var begun = Stopwatch.GetTimestamp();
            if (!ProcessBodies.ToSpec(body, sandbox, exec: true).TryGet(out var spec, out var fault)) return fault;
            var most = (int)(body.MaxOutputBytes ?? limits.ExecOutputBytes);
            var done = await sandbox.Guest.Processes.ExecAsync(spec, most, call.Cancellation);
            call.Get<AtollMetrics>().Executed(IsolationNames.Of(sandbox.Sandbox.Spec.Isolation), done.Fault, Stopwatch.GetElapsedTime(begun));
            return done.Map(result => ExecView.Of(result, base64));
        });
    }
}
