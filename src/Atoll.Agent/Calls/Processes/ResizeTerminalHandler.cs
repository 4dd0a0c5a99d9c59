using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Starting;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

internal sealed class ResizeTerminalHandler(ProcessTable processes) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.ResizeTerminal;
        if (await call.FindProcessAsync(processes, request.Process) is not { } child) return;
        if (request.Size is not { } size || !SpecCheck.IsValid(size))
        {
            await call.FailAsync(FailureCode.InvalidRequest, $"A terminal has 1 to {SpecCheck.MaxTerminalSize} columns and rows.");
        }
        else if (!child.Identity.Terminal)
        {
            await call.FailAsync(FailureCode.InvalidRequest, "The process has no terminal.");
        }
        else if (await child.Stdin.ResizeAsync((int)size.Columns, (int)size.Rows, call.HungUp))
        {
            await call.DoneAsync();
        }
        else
        {
            await call.FailAsync(FailureCode.ProcessEnded, "The process has ended.");
        }
    }
}
