using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>Waits for the agent of a sandbox that was just started.</summary>
internal sealed class GuestConnector(TimeProvider time)
{
    /// <summary>Under load a gVisor sandbox has been seen to need many seconds; what takes longer has failed.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>A call that comes too early costs the sandbox's kernel 0.1 ms; one that comes late is waited for by the user.</summary>
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(100);

    /// <summary>One attempt: a SYN that nobody hears (the interface is not up yet) would otherwise wait for its repetition after a second.</summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>Says hello until there is an answer. A fault when <paramref name="limit"/> is over.</summary>
    public Task<Result<Done>> WaitForHelloAsync(AgentClient client, TimeSpan limit, CancellationToken cancellation) => WaitAsync(() => TryAsync(client, Hello, cancellation), limit, cancellation);

    /// <summary>
    /// The same for an agent that was restored, which is asked to become one of its own: one call and not two, as its memory is slow to touch at first. Its answer may get lost; whether it heard, its
    /// new token tells.
    /// </summary>
    /// <param name="restored">By the token that it was saved with.</param>
    /// <param name="renewed">By the one that it is to have.</param>
    public Task<Result<Done>> RenewAsync(AgentClient restored, AgentClient renewed, Wire.Renew renew, TimeSpan limit, CancellationToken cancellation) =>
        WaitAsync(async () => await TryAsync(restored, new Wire.Call { Renew = renew }, cancellation) ?? await TryAsync(renewed, Hello, cancellation), limit, cancellation);

    private static Wire.Call Hello => new() { Hello = new Wire.Hello() };

    private async Task<Result<Done>> WaitAsync(Func<Task<Result<Done>?>> attempt, TimeSpan limit, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            if (await attempt() is { } answer) return answer;
            if (time.GetElapsedTime(started) + pause > limit) return GuestFaults.Unreachable($"The sandbox's agent did not answer within {limit.TotalSeconds:0.###} s of its start.");
            await Task.Delay(pause, time, cancellation);
            var longest = time.GetElapsedTime(started) < Eager ? ShortPause : LongestPause;
            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }

    /// <returns>Null: nobody there, or nobody who listens to this token.</returns>
    private async Task<Result<Done>?> TryAsync(AgentClient client, Wire.Call call, CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(AgentClient.ConnectLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        try
        {
            await using var connection = await client.CallAsync(call, AttemptLimit, both.Token);
            return (await connection.ReadAsync(both.Token)) switch
            {
                null => null,
                { Failure: { } failure } => GuestFaults.From(failure, FaultStage.Agent),
                { Hello.Version: AgentClient.ProtocolVersion } or { Done: not null } => Done.Value,
                _ => GuestFaults.Unexpected(FaultStage.Agent),
            };
        }
        catch (AgentConnectionException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
