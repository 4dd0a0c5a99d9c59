using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// A call that takes a stream: sends it as fast as the agent reads, and listens meanwhile, so that a refusal is heard at once and not after the last byte.
/// When the source fails or the caller cancels, that exception is thrown and the connection closes without an end of input: the agent leaves the old file.
/// <para>When the connection breaks after the last byte, the agent is asked what came of it. Before that, a file is sent again from its start if its source can go back there, which a
/// request's body cannot; else the caller is told that nothing was changed.</para>
/// </summary>
internal static class GuestUpload
{
    public static async Task<Result<T>> RunAsync<T>(GuestCalls calls, Call call, Stream content, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        call.Id = CallIds.Next();
        var retries = new Retries();
        var start = content.CanSeek ? content.Position : 0;
        while (true)
        {
            if (!(await calls.OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            var (heard, sent) = await SendAndHearAsync(connection, content, cancellation);
            if (!heard.Broken) return GuestCalls.Read(heard, FaultStage.File, map);
            if (sent)
            {
                var asked = await AskAsync(calls, call.Clone(), retries, map, cancellation);
                if (asked.Fault?.Code is not FaultCode.Interrupted) return asked;
            }

            if (!content.CanSeek || call.RequestCase is not Call.RequestOneofCase.Write) return Interrupted(call);
            content.Position = start;
            if (!await calls.MendAsync(call, retries, cancellation)) return Interrupted(call);
        }
    }

    private static async Task<(Heard Heard, bool Sent)> SendAndHearAsync(AgentConnection connection, Stream content, CancellationToken cancellation)
    {
        await using var owned = connection;
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = ListenAsync(connection, answered);
        var sent = false;
        try
        {
            await SendAsync(connection, content, answered.Token);
            sent = true;
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

        return (await answer, sent);
    }

    /// <summary>All of it was sent, and how it ended is not known.</summary>
    private static async Task<Result<T>> AskAsync<T>(GuestCalls calls, Call call, Retries retries, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        call.Again = true;
        while (await calls.MendAsync(call, retries, cancellation))
        {
            if (!(await calls.OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;
            var heard = await GuestCalls.HearAsync(connection, FaultStage.File, cancellation);
            if (heard.Fault?.Code is FaultCode.Interrupted) return Interrupted(call);
            if (!heard.Broken) return GuestCalls.Read(heard, FaultStage.File, map);
        }

        return GuestFaults.Broken(FaultStage.File);
    }

    private static async Task<Heard> ListenAsync(AgentConnection connection, CancellationTokenSource answered)
    {
        var heard = await GuestCalls.HearAsync(connection, FaultStage.File, answered.Token);
        await answered.CancelAsync();
        return heard;
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
    private static async Task GiveUpAsync(AgentConnection connection, Task<Heard> answer)
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

    private static Fault Interrupted(Call call) => call.RequestCase is Call.RequestOneofCase.Write
        ? GuestFaults.Interrupted("The connection into the sandbox broke while the content was being sent: the file is as it was.", "Send it again.")
        : GuestFaults.Interrupted("The connection into the sandbox broke while the archive was being sent: a part of it may have been unpacked.", "Send it again.");
}
