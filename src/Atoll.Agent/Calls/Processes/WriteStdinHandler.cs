using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Input;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>
/// Writes what comes as input to a process's stdin and answers with the offset reached. While it waits for a process that does not read, it does not read either, so a host that
/// hangs up then is noticed when the process reads again or ends; what it had sent is written.
/// </summary>
internal sealed class WriteStdinHandler(ProcessTable processes) : ICallHandler
{
    public bool TakesInput => true;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.WriteStdin;
        if (await call.FindProcessAsync(processes, request.Process) is not { } child) return;
        if (child.Stdin.Begin(call.Call.Id, call.Call.Again) is not { } write)
        {
            await call.FailAsync(FailureCode.Interrupted, $"The connection broke; the process has been given {child.Stdin.Offset} bytes, and whether these are among them is not known any more.");
            return;
        }

        await AnswerAsync(call, child, await WriteAsync(call, child, write));
    }

    private static async Task<StdinResult> WriteAsync(CallContext call, ChildProcess child, StdinWrite write)
    {
        var request = call.Call.WriteStdin;
        long? offset = request.HasOffset ? (long)Math.Min(request.Offset, long.MaxValue) : null;
        if (offset > child.Stdin.Offset) return StdinResult.Gap;

        // A process may have ended because of what came the first time.
        if (child.Status is not null && !call.Call.Again) return StdinResult.Closed;
        var position = 0L;
        while (await call.ReadInputAsync() is { } bytes)
        {
            if (await child.Stdin.WriteAsync(offset + position, write, position, bytes, call.HungUp) is var result and not StdinResult.Written) return result;
            position += bytes.Length;
        }

        return request.End ? await child.Stdin.EndAsync(write, call.HungUp) : StdinResult.Written;
    }

    private static async Task AnswerAsync(CallContext call, ChildProcess child, StdinResult result) => await (result switch
    {
        StdinResult.Gap => call.FailAsync(FailureCode.OffsetLost, $"The process has been given {child.Stdin.Offset} bytes; those between are missing."),
        StdinResult.Closed => call.FailAsync(FailureCode.ProcessEnded, "The process has ended or no longer takes input."),
        _ => call.WriteAsync(new Output { Offset = (ulong)child.Stdin.Offset }),
    });
}
