using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Tracing;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Guests;

/// <summary>
/// The shapes of a call, each once: one answer, a sequence, or a connection that the caller reads itself. Failures come back as faults; only cancellation throws
/// (and a sequence that breaks off midway, <see cref="GuestStreamException"/>). Thread-safe.
/// </summary>
/// <param name="used">Called before each call is sent.</param>
internal sealed class GuestCalls(AgentClient client, Action? used = null)
{
    /// <summary>Opens a connection, for calls whose conversation is their own. The caller disposes it.</summary>
    public async Task<Result<AgentConnection>> OpenAsync(Call call, CancellationToken cancellation)
    {
        using var span = AtollTrace.Start("guest.connect");
        used?.Invoke();
        try
        {
            return await client.CallAsync(call, cancellation);
        }
        catch (AgentConnectionException failure)
        {
            return HostShortage.Explain(failure.InnerException) ?? GuestFaults.Unreachable(failure.Message);
        }
        catch (ArgumentException)
        {
            return new Fault(FaultCode.RequestTooLarge, FaultSide.Caller, FaultStage.Request, "The request is more than 16 MiB.", "Send what is large as a file or as stdin.");
        }
    }

    /// <summary>Opens a connection and awaits Output.accepted, for calls that may have nothing to say for long. The caller disposes it.</summary>
    /// <param name="seat">Given back when this fails.</param>
    public async Task<Result<AgentConnection>> OpenAcceptedAsync(Call call, FaultStage stage, StreamSeat? seat, CancellationToken cancellation)
    {
        AgentConnection? connection = null;
        var accepted = false;
        try
        {
            if (!(await OpenAsync(call, cancellation)).TryGet(out connection, out var fault)) return fault;
            var answer = await ReadAnswerAsync(connection, stage, output => output.Accepted, cancellation);
            accepted = answer.Succeeded;
            return answer.Map(_ => connection);
        }
        finally
        {
            if (!accepted) seat?.Dispose();
            if (!accepted && connection is not null) await connection.DisposeAsync();
        }
    }

    /// <summary>
    /// Sends input and reads the one answer, both at once: an agent that fails early answers before it has read everything, and then it is its failure that counts.
    /// </summary>
    public static async Task<Result<T>> SendAndAskAsync<T>(
        AgentConnection connection, ReadOnlyMemory<byte> input, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAllAsync(connection, input, answered.Token);
        var answer = await ReadAnswerAsync(connection, stage, map, cancellation);
        await answered.CancelAsync();
        await sending;
        return answer;
    }

    private static async Task SendAllAsync(AgentConnection connection, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        try
        {
            await connection.SendAsync(input, cancellation);
            await connection.EndInputAsync(cancellation);
        }
        catch (Exception failure) when (failure is AgentConnectionException or OperationCanceledException)
        {
            // What the answer says, or that there is none, tells the caller more than where sending stopped.
        }
    }

    /// <summary>A call with one answer. <paramref name="map"/> gives null for an answer that does not belong to the question.</summary>
    public async Task<Result<T>> AskAsync<T>(Call call, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        if (!(await OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
        await using var owned = connection;
        return await ReadAnswerAsync(connection, stage, map, cancellation);
    }

    /// <summary>A call that answers only that it is done.</summary>
    public async Task<Result<Done>> DoAsync(Call call, FaultStage stage, CancellationToken cancellation) =>
        (await AskAsync(call, stage, output => output.KindCase == Output.KindOneofCase.Done ? output : null, cancellation)).Map(_ => Done.Value);

    /// <summary>The next answer on an open connection, which must be one that <paramref name="map"/> knows.</summary>
    public static async Task<Result<T>> ReadAnswerAsync<T>(AgentConnection connection, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        try
        {
            var output = await connection.ReadAsync(cancellation);
            if (output is null) return GuestFaults.Broken(stage);
            if (output.KindCase == Output.KindOneofCase.Failure) return GuestFaults.From(output.Failure, stage);
            if (map(output) is { } value) return value;
            return GuestFaults.Unexpected(stage);
        }
        catch (AgentConnectionException failure)
        {
            return failure.Silent ? GuestFaults.Silent(stage) : GuestFaults.Broken(stage);
        }
    }

    /// <summary>A call whose answer is a sequence that ends with done, all of it, of at most <paramref name="most"/> elements: the agent is not trusted to stop.</summary>
    public async Task<Result<IReadOnlyList<T>>> CollectAsync<T>(Call call, FaultStage stage, int most, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        if (!(await OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
        await using var owned = connection;
        var found = new List<T>();
        while (true)
        {
            var answer = await ReadAnswerAsync(connection, stage, output => Step(output, map), cancellation);
            if (!answer.TryGet(out var step, out fault)) return fault;
            if (step.Value is not { } value) return found;
            if (found.Count == most) return GuestFaults.Unexpected(stage);
            found.Add(value);
        }
    }

    /// <summary>
    /// A call whose answer is a sequence, element by element. Its first answer is awaited, so that a failure at the start is a fault. The connection closes when the
    /// enumeration ends; enumerate once, and if at all.
    /// </summary>
    /// <param name="seat">Given back when this fails or the enumeration ends.</param>
    public async Task<Result<IAsyncEnumerable<T>>> StreamAsync<T>(Call call, FaultStage stage, Func<Output, T?> map, StreamSeat? seat, CancellationToken cancellation)
        where T : class
    {
        var begun = false;
        try
        {
            if (!(await OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
            var first = await FirstAsync(connection, stage, map, cancellation);
            begun = first.Succeeded;
            return first.Map(step => EnumerateAsync(connection, step, stage, map, seat, cancellation));
        }
        finally
        {
            if (!begun) seat?.Dispose();
        }
    }

    private static async Task<Result<SequenceStep<T>>> FirstAsync<T>(AgentConnection connection, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        var opened = false;
        try
        {
            var first = await ReadAnswerAsync(connection, stage, output => Step(output, map), cancellation);
            opened = first.Succeeded;
            return first;
        }
        finally
        {
            if (!opened) await connection.DisposeAsync();
        }
    }

    private static async IAsyncEnumerable<T> EnumerateAsync<T>(
        AgentConnection connection, SequenceStep<T> step, FaultStage stage, Func<Output, T?> map, StreamSeat? seat, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        using var taken = seat;
        await using var owned = connection;
        while (step.Value is { } value)
        {
            yield return value;
            var next = await ReadAnswerAsync(connection, stage, output => Step(output, map), cancellation);
            if (!next.TryGet(out var read, out var fault)) throw new GuestStreamException(fault);
            step = read;
        }
    }

    private static SequenceStep<T>? Step<T>(Output output, Func<Output, T?> map)
        where T : class =>
        output.KindCase == Output.KindOneofCase.Done ? new SequenceStep<T>(null) : map(output) is { } value ? new SequenceStep<T>(value) : null;
}
