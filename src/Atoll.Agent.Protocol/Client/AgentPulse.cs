using System.Net;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Protocol.Client;

/// <summary>
/// Tells an agent that has nothing to say yet (a command that runs for an hour) from one that does nothing any more: stopped by a signal, which gVisor lets root inside send to
/// process 1, or without memory. While an answer is awaited it is said hello on a connection of its own, after 5 s of silence, then after twice as long each time, up to a minute.
/// One that stands still because its host made it, paused say, is waited for without a word. Thread-safe; holds no connection.
/// </summary>
/// <param name="standsStill">Whether it cannot answer now, and is not to blame for it.</param>
internal sealed class AgentPulse(EndPoint endpoint, Func<Call, Call> sign, Func<bool> standsStill, TimeProvider time)
{
    public static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    /// <summary>One hello. With the three of them an agent has half a minute: a sandbox under its own fork bomb has been seen to need seconds.</summary>
    public static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(10);

    private const int Hellos = 3;

    /// <summary>What the agent answers on <paramref name="connection"/>, whenever that is.</summary>
    /// <exception cref="AgentConnectionException">It does not answer to hello either.</exception>
    public async ValueTask<Output?> AwaitAsync(Task<Output?> answer, AgentConnection connection, CancellationToken cancellation)
    {
        for (var silence = FirstSilence; !await EndsWithinAsync(answer, silence); silence = silence * 2 < LongestSilence ? silence * 2 : LongestSilence)
        {
            if (standsStill()) continue;
            if (!await LivesAsync(answer, cancellation)) throw new AgentConnectionException("The agent has stopped answering.") { Silent = true };

            // That it lives does not say that it knows of this connection.
            await connection.RepeatAsync(cancellation);
        }

        return await answer;
    }

    private async Task<bool> EndsWithinAsync(Task answer, TimeSpan limit)
    {
        await answer.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer.IsCompleted;
    }

    private async Task<bool> LivesAsync(Task answer, CancellationToken cancellation)
    {
        for (var hello = 0; hello < Hellos && !answer.IsCompleted; hello++)
        {
            if (await AnswersHelloAsync(cancellation) || standsStill()) return true;
        }

        return answer.IsCompleted;
    }

    private async Task<bool> AnswersHelloAsync(CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(HelloLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        var connected = false;
        try
        {
            await using var connection = await AgentConnection.OpenAsync(endpoint, sign(new Call { Hello = new Hello() }), HelloLimit, time, both.Token);
            connected = true;
            await connection.ReadAsync(both.Token);
            return true;
        }
        catch (AgentConnectionException)
        {
            // An agent whose connections are all in use closes this one at once: it lives.
            return connected;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
