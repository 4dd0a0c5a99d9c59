using Atoll.Agent.Observing;
using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Sandbox;

/// <summary>Ends the largest process in place of all: under gVisor what a sandbox has too much of would end its kernel.</summary>
internal sealed class FreeMemoryHandler(LargestProcess largest, Journal journal) : ICallHandler
{
    private Killed? _noted;

    /// <summary>The less is done before it, the less is allocated meanwhile.</summary>
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        if (largest.Kill(call.Call.FreeMemory.Excess) is not { } killed)
        {
            await call.DoneAsync();
            return;
        }

        // Named again while it is not gone.
        if (!ReferenceEquals(Interlocked.Exchange(ref _noted, killed), killed))
        {
            journal.Write(killed.Pid, $"{killed.Command} was killed: the sandbox had no memory left, and it had {killed.ResidentBytes >> 20} MiB.");
        }

        await call.WriteAsync(new Output { Killed = killed });
    }
}
