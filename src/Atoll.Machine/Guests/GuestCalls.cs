using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Tracing;
using Atoll.Machine.Guests.Linking;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Guests;

/// <summary>
/// The shapes of a call, each once: one answer, a sequence, or a connection that the caller reads itself. Failures come back as faults; only cancellation throws
/// (and a sequence that breaks off midway, <see cref="GuestStreamException"/>). Where the connection breaks, a call is sent again if that can do no harm: it only asks, or the agent knows it by
/// its id. Thread-safe.
/// </summary>
/// <param name="used">Called before each call is sent.</param>
internal sealed class GuestCalls(GuestLink link, Action? used = null)
{
    /// <summary>What an agent keeps for a call whose connection broke, it keeps for longer than its host tries.</summary>
    private static readonly TimeSpan KeptLonger = TimeSpan.FromSeconds(30);

    /// <summary>How long the agent keeps what belongs to a call whose connection broke; 0 when nobody would come back.</summary>
    public uint KeptSeconds => link.Limit > TimeSpan.Zero ? (uint)(link.Limit + KeptLonger).TotalSeconds : 0;

    /// <summary>Time as it passes inside.</summary>
    public Task DelayAsync(TimeSpan span, CancellationToken cancellation) => AwakeTime.DelayAsync(link, span, cancellation);

    /// <summary>Opens a connection, for calls whose conversation is their own. The caller disposes it.</summary>
    public Task<Result<AgentConnection>> OpenAsync(Call call, CancellationToken cancellation) => OpenAsync(call, new Retries(), cancellation);

    /// <summary>The same for a call that may have been sent before, by the caller's count of its retries.</summary>
    public async Task<Result<AgentConnection>> OpenAsync(Call call, Retries retries, CancellationToken cancellation)
    {
        using var span = AtollTrace.Start("guest.connect");
        while (true)
        {
            used?.Invoke();
            try
            {
                return await link.CallAsync(call, cancellation);
            }
            catch (AgentConnectionException failure)
            {
                // Also nobody there at the first try: on a host whose cores all work an agent's turn may be seconds away, and while its sandbox lives it has one.
                if (!retries.Begun && HostShortage.Explain(failure.InnerException) is { } shortage) return shortage;
                if (!await MendAsync(call, retries, cancellation)) return GuestFaults.Unreachable(failure.Message);
            }
            catch (ArgumentException)
            {
                return new Fault(FaultCode.RequestTooLarge, FaultSide.Caller, FaultStage.Request, "The request is more than 16 MiB.", "Send what is large as a file or as stdin.");
            }
        }
    }

    /// <summary>
    /// After a connection broke: waits until the call may be sent again, now as one that comes again (or as another, where content follows it: that is asked for again only for its answer).
    /// False when it is of no use.
    /// </summary>
    public async Task<bool> MendAsync(Call call, Retries retries, CancellationToken cancellation)
    {
        if (call is { Again: false, RequestCase: Call.RequestOneofCase.Write or Call.RequestOneofCase.Extract }) call.Id = CallIds.Next();
        else call.Again = true;
        return await retries.Begin(link).MayTryAgainAsync(cancellation);
    }

    /// <summary>Opens a connection and awaits Output.accepted, for calls that may have nothing to say for long. The caller disposes it.</summary>
    public async Task<Result<(AgentConnection Connection, Accepted Accepted)>> OpenAcceptedAsync(Call call, FaultStage stage, Retries retries, CancellationToken cancellation)
    {
        while (true)
        {
            if (!(await OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            var accepted = false;
            try
            {
                var heard = await HearAsync(connection, stage, cancellation);
                if (heard.Fault is { } failed) return failed;
                accepted = heard.Output?.KindCase is Output.KindOneofCase.Accepted;
                if (accepted) return (connection, heard.Output!.Accepted);
                if (!heard.Broken) return GuestFaults.Unexpected(stage);
            }
            finally
            {
                if (!accepted) await connection.DisposeAsync();
            }

            if (!await MendAsync(call, retries, cancellation)) return GuestFaults.Broken(stage);
        }
    }

    /// <summary>
    /// Sends input and reads the one answer, both at once: an agent that fails early answers before it has read everything, and then it is its failure that counts. The agent must know
    /// the call by its id, since its input is sent whole again.
    /// </summary>
    public async Task<Result<T>> SendAndAskAsync<T>(Call call, ReadOnlyMemory<byte> input, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        var retries = new Retries();
        do
        {
            if (!(await OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var sending = SendAllAsync(connection, input, answered.Token);
            var heard = await HearAsync(connection, stage, cancellation);
            await answered.CancelAsync();
            await sending;
            if (!heard.Broken) return Read(heard, stage, map);
        }
        while (await MendAsync(call, retries, cancellation));
        return GuestFaults.Broken(stage);
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
        if (CallIds.AnsweredOnce(call.RequestCase)) call.Id = CallIds.Next();
        var retries = new Retries();
        do
        {
            if (!(await OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;
            var heard = await HearAsync(connection, stage, cancellation);
            if (!heard.Broken) return Read(heard, stage, map);
        }
        while (await MendAsync(call, retries, cancellation));
        return GuestFaults.Broken(stage);
    }

    /// <summary>A call that answers only that it is done.</summary>
    public async Task<Result<Done>> DoAsync(Call call, FaultStage stage, CancellationToken cancellation) =>
        (await AskAsync(call, stage, output => output.KindCase == Output.KindOneofCase.Done ? output : null, cancellation)).Map(_ => Done.Value);

    /// <summary>The next that comes on an open connection: an answer, a fault, or that it broke.</summary>
    public static async ValueTask<Heard> HearAsync(AgentConnection connection, FaultStage stage, CancellationToken cancellation)
    {
        try
        {
            var output = await connection.ReadAsync(cancellation);
            return output?.KindCase == Output.KindOneofCase.Failure ? new Heard(null, GuestFaults.From(output.Failure, stage)) : new Heard(output, null);
        }
        catch (AgentConnectionException failure)
        {
            return failure.Broken ? default : new Heard(null, failure.Silent ? GuestFaults.Silent(stage) : GuestFaults.Broken(stage));
        }
    }

    /// <summary>What was heard as an answer that <paramref name="map"/> knows. Here a broken connection is a fault.</summary>
    public static Result<T> Read<T>(Heard heard, FaultStage stage, Func<Output, T?> map)
        where T : class
    {
        if (heard.Broken) return GuestFaults.Broken(stage);
        if (heard.Fault is { } fault) return fault;
        return map(heard.Output!) is { } value ? value : GuestFaults.Unexpected(stage);
    }

    /// <summary>
    /// A call whose answer is a sequence that ends with done, all of it, of at most <paramref name="most"/> elements: the agent is not trusted to stop. One that only asks begins anew when its
    /// connection breaks; one that changes something is a fault then.
    /// </summary>
    public async Task<Result<IReadOnlyList<T>>> CollectAsync<T>(Call call, FaultStage stage, int most, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        var retries = new Retries();
        do
        {
            if (!(await OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;
            var (found, failed) = await CollectAsync(connection, stage, most, map, cancellation);
            if (failed is not null) return failed;
            if (found is not null) return found;
        }
        while (call.RequestCase is not Call.RequestOneofCase.Replace && await MendAsync(call, retries, cancellation));
        return GuestFaults.Broken(stage);
    }

    private static async Task<(List<T>? Found, Fault? Fault)> CollectAsync<T>(AgentConnection connection, FaultStage stage, int most, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        var found = new List<T>();
        while (true)
        {
            var heard = await HearAsync(connection, stage, cancellation);
            if (heard.Broken) return default;
            if (!Read(heard, stage, output => Step(output, map)).TryGet(out var step, out var fault)) return (null, fault);
            if (step.Value is not { } value) return (found, null);
            if (found.Count == most) return (null, GuestFaults.Unexpected(stage));
            found.Add(value);
        }
    }

    /// <summary>
    /// A call whose answer is a sequence, element by element. Its first answer is awaited, so that a failure at the start is a fault. The connection closes when the
    /// enumeration ends; enumerate once, and if at all.
    /// </summary>
    public async Task<Result<IAsyncEnumerable<T>>> StreamAsync<T>(Call call, FaultStage stage, Func<Output, T?> map, CancellationToken cancellation)
        where T : class
    {
        var opened = await OpenSequenceAsync(call, stage, map, new Retries(), cancellation);
        return opened.Map(begun => EnumerateAsync(begun.Connection, begun.First, stage, map, cancellation));
    }

    /// <summary>Opens a sequence and reads its first element. The caller disposes the connection.</summary>
    public async Task<Result<(AgentConnection Connection, SequenceStep<T> First)>> OpenSequenceAsync<T>(
        Call call, FaultStage stage, Func<Output, T?> map, Retries retries, CancellationToken cancellation)
        where T : class
    {
        do
        {
            if (!(await OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            var begun = false;
            try
            {
                var heard = await HearAsync(connection, stage, cancellation);
                if (heard.Broken) continue;
                var first = Read(heard, stage, output => Step(output, map));
                begun = first.Succeeded;
                return first.Map(step => (connection, step));
            }
            finally
            {
                if (!begun) await connection.DisposeAsync();
            }
        }
        while (await MendAsync(call, retries, cancellation));
        return GuestFaults.Broken(stage);
    }

    private static async IAsyncEnumerable<T> EnumerateAsync<T>(
        AgentConnection connection, SequenceStep<T> step, FaultStage stage, Func<Output, T?> map, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        await using var owned = connection;
        while (step.Value is { } value)
        {
            yield return value;
            var heard = await HearAsync(connection, stage, cancellation);
            if (heard.Broken) throw new GuestStreamException(GuestFaults.ListInterrupted);
            if (!TryStep(heard, stage, map, out var next, out var fault)) throw new GuestStreamException(fault);
            step = next;
        }
    }

    /// <summary>What was heard as an element of a sequence, or its end.</summary>
    public static bool TryStep<T>(Heard heard, FaultStage stage, Func<Output, T?> map, [NotNullWhen(true)] out SequenceStep<T>? step, [NotNullWhen(false)] out Fault? fault)
        where T : class =>
        Read(heard, stage, output => Step(output, map)).TryGet(out step, out fault);

    private static SequenceStep<T>? Step<T>(Output output, Func<Output, T?> map)
        where T : class =>
        output.KindCase == Output.KindOneofCase.Done ? new SequenceStep<T>(null) : map(output) is { } value ? new SequenceStep<T>(value) : null;
}
