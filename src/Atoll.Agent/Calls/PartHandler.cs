namespace Atoll.Agent.Calls;

/// <summary>
/// Ends every other call, before the sandbox is saved. A connection that is watched (epoll) when it is saved is reported as broken for ever in what is restored, and nothing else is then
/// (gVisor 20240729).
/// </summary>
internal sealed class PartHandler(OpenCalls open, TimeProvider time) : ICallHandler
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    public async Task HandleAsync(CallContext call)
    {
        open.HangUpAllBut(call);
        var begun = time.GetTimestamp();
        while (open.Count > 1 && time.GetElapsedTime(begun) < Limit) await Task.Delay(Look, time);
        await call.DoneAsync();
    }
}
