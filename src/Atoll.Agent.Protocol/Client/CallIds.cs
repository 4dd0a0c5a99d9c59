using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Protocol.Client;

/// <summary>Ids of calls that may be sent again: each greater than the one before, also those of the server before this one, as long as the clock was not set back in between.</summary>
public static class CallIds
{
    // A million a millisecond fit between two starts of a server.
    private const int BitsBelowTheClock = 20;
    private static long _last = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << BitsBelowTheClock;

    public static ulong Next() => (ulong)Interlocked.Increment(ref _last);

    /// <summary>Calls that the agent answers once, however often they come.</summary>
    public static bool AnsweredOnce(Call.RequestOneofCase kind) => kind is
        Call.RequestOneofCase.StartProcess or Call.RequestOneofCase.SignalProcess or Call.RequestOneofCase.ResizeTerminal or
        Call.RequestOneofCase.MakeDirectory or Call.RequestOneofCase.Move or Call.RequestOneofCase.Copy or Call.RequestOneofCase.Remove or
        Call.RequestOneofCase.ChangeMode or Call.RequestOneofCase.ChangeOwner or Call.RequestOneofCase.Write or Call.RequestOneofCase.Extract;
}
