using System.Text;
using Atoll.Agent.Calls.Processes;
using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>Makes what was restored from memory a sandbox of its own: a token that no other restored from there has, a host name, and randomness of its own.</summary>
internal sealed class RenewHandler(Token token, OpenCalls open, Attachments attachments, EventLoop loop) : ICallHandler
{
    private const int LongestName = 64;
    private readonly Lock _lock = new();

    /// <summary>Somebody waits for it, and in what was just restored a thread is slow to start.</summary>
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var renew = call.Call.Renew;
        if (renew.Token.Length != Token.Bytes || Encoding.UTF8.GetByteCount(renew.Hostname) > LongestName)
        {
            await call.FailAsync(FailureCode.InvalidRequest, "A token has 32 bytes, and a host name at most 64.");
            return;
        }

        loop.Renew();
        open.BreakAllBut(call);
        if (renew.Forsaken) attachments.Forsake();
        lock (_lock)
        {
            // A sandbox whose name stays another's still has a token that nobody else has.
            token.Replace(renew.Token.ToByteArray());
            if (renew.Processes > 0) ProcessLimit.Set(renew.Processes);
            Init.MixIntoPool(renew.Entropy.Span);
            if (renew.Hostname.Length > 0) Init.SetHostName(renew.Hostname);
        }

        await call.DoneAsync();
    }
}
