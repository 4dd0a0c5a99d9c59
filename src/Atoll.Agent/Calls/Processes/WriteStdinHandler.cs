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
        long? offset = request.HasOffset ? (long)Math.Min(request.Offset, long.MaxValue) : null;
        var result = offset > child.Stdin.Offset ? StdinResult.Gap : child.Status is null ? StdinResult.Written : StdinResult.Closed;
        while (result == StdinResult.Written && await call.ReadInputAsync() is { } bytes)
        {
            result = await child.Stdin.WriteAsync(offset, bytes, call.HungUp);
            offset += bytes.Length;
        }

        if (result == StdinResult.Written && request.End) result = await child.Stdin.EndAsync(call.HungUp);
        await AnswerAsync(call, child, result);
    }

    private static async Task AnswerAsync(CallContext call, ChildProcess child, StdinResult result) => await (result switch
    {
        StdinResult.Gap => call.FailAsync(FailureCode.OffsetLost, $"The process has been given {child.Stdin.Offset} bytes; those between are missing."),
        StdinResult.Closed => call.FailAsync(FailureCode.ProcessEnded, "The process has ended or no longer takes input."),
        _ => call.WriteAsync(new Output { Offset = (ulong)child.Stdin.Offset }),
    });
}
