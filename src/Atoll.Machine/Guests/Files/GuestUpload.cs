using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// A call that takes a stream: sends it as fast as the agent reads, and listens meanwhile, so that a refusal is heard at once and not after the last byte.
/// When the source fails or the caller cancels, that exception is thrown and the connection closes without an end of input: the agent leaves the old file.
/// </summary>
internal static class GuestUpload
{
    public static async Task<Result<T>> RunAsync<T>(GuestCalls calls, Call call, Stream content, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        if (!(await calls.OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
        await using var owned = connection;
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = ListenAsync(connection, map, answered);
        try
        {
            await SendAsync(connection, content, answered.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && answered.IsCancellationRequested)
        {
            // The agent has answered: with what it refuses, or by breaking off.
        }
        catch (AgentConnectionException)
        {
            // It stopped reading, and its answer says why, or that there is none.
        }
        catch
        {
            await GiveUpAsync(connection, answer);
            throw;
        }

        return await answer;
    }

    private static async Task<Result<T>> ListenAsync<T>(AgentConnection connection, Func<Output, T?> map, CancellationTokenSource answered)
        where T : class
    {
        var answer = await GuestCalls.ReadAnswerAsync(connection, FaultStage.File, map, answered.Token);
        await answered.CancelAsync();
        return answer;
    }

    private static async Task SendAsync(AgentConnection connection, Stream content, CancellationToken cancellation)
    {
        var frame = new PayloadFrame(FrameLimits.Payload);
        while (await content.ReadAsync(frame.Payload, cancellation) is > 0 and var count)
        {
            await connection.SendFrameAsync(frame.SealInputData(count), cancellation);
        }

        await connection.EndInputAsync(cancellation);
    }

    /// <summary>Closes the connection and waits for the listener to notice, so that nothing runs on after the caller's exception.</summary>
    private static async Task GiveUpAsync<T>(AgentConnection connection, Task<Result<T>> answer)
    {
        await connection.DisposeAsync();
        try
        {
            await answer;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // That is the closing.
        }
    }
}
