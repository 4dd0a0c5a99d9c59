using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

internal static class ProcessLookup
{
    /// <summary>The process a call is about; null after the call was failed because there is none.</summary>
    public static async ValueTask<ChildProcess?> FindProcessAsync(this CallContext call, ProcessTable processes, ProcessRef? reference)
    {
        if (reference is not null && processes.Find(reference) is { } child) return child;
        await call.FailAsync(FailureCode.ProcessNotFound, "No process of that pid or tag was started from outside, or it ended too long ago.");
        return null;
    }
}
