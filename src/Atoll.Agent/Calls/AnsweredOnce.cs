using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>
/// Calls that must not be done twice: one that comes again, because its connection broke, waits for the first and gets its answer. The newest 128 answers are kept, of at most 512 KiB together;
/// of what is older nobody can say what became of it. Thread-safe.
/// </summary>
internal sealed class AnsweredOnce
{
    private const int Kept = 128;
    private const int KeptBytes = 512 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, OnceCall> _calls = [];
    private readonly Queue<OnceCall> _over = new();
    private readonly RecentIds _forgotten = new(Kept);
    private int _bytes;

    /// <summary>Has it done by <paramref name="handler"/>, or answers with what came of it.</summary>
    public async Task HandleAsync(ICallHandler handler, CallContext context)
    {
        var (call, first) = Join(context, handler.TakesInput);
        if (call is null)
        {
            await context.FailAsync(FailureCode.Interrupted, "The connection broke, and what was asked for is not known to have been done.");
        }
        else if (first)
        {
            await DoAsync(call, handler, context);
        }
        else
        {
            // Content that comes to an end here would be another's: whoever waits for the rest of it gives up.
            if (handler.TakesInput && call.Context is { InputEnded: false } unfinished) unfinished.GiveWay();
            var answer = await call.Answer.Task.WaitAsync(context.HungUp);
            if (answer is null) await context.FailAsync(FailureCode.Interrupted, "The connection broke before all of it had come.");
            else await context.WriteAsync(answer);
        }
    }

    private (OnceCall? Call, bool First) Join(CallContext context, bool takesInput)
    {
        var id = context.Call.Id;
        lock (_lock)
        {
            if (_calls.TryGetValue(id, out var known)) return (known, false);
            if (context.Call.Again && (takesInput || _forgotten.MayHold(id))) return (null, false);
            var call = new OnceCall(context);
            _calls.Add(id, call);
            return (call, true);
        }
    }

    private async Task DoAsync(OnceCall call, ICallHandler handler, CallContext context)
    {
        context.Outlasts = true;
        try
        {
            await handler.HandleAsync(context);
        }
        finally
        {
            Keep(call, context.Answer);
        }
    }

    private void Keep(OnceCall call, Output? answer)
    {
        lock (_lock)
        {
            call.Context = null;
            call.Bytes = answer?.CalculateSize() ?? 0;
            _bytes += call.Bytes;
            _over.Enqueue(call);
            while (_over.Count > Kept || _bytes > KeptBytes)
            {
                var oldest = _over.Dequeue();
                _bytes -= oldest.Bytes;
                _calls.Remove(oldest.Id);
                _forgotten.Add(oldest.Id);
            }
        }

        call.Answer.SetResult(answer);
    }
}
