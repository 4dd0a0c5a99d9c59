using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Calls whose answer is a sequence that ends with done. What is found is sent in batches: a system call for each entry would cost more than finding it.</summary>
internal sealed class SequenceHandler(AccountFiles accounts, Func<Call, Accounts, CancellationToken, IEnumerable<Output>> work) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        using var found = await OnOwnThreadAsync(() => work(call.Call, accounts, call.HungUp).GetEnumerator());
        var batch = new OutputBatch();
        while (true)
        {
            var (failure, more) = await OnOwnThreadAsync(() => FillBatch(found, batch));
            await call.WriteFrameAsync(batch.Take());
            if (failure is not null) throw failure;
            if (!more) break;
        }

        await call.DoneAsync();
    }

    /// <summary>A failure is told after what was found before it.</summary>
    private static (FileFailure? Failure, bool More) FillBatch(IEnumerator<Output> found, OutputBatch batch)
    {
        try
        {
            while (!batch.IsDue)
            {
                if (!found.MoveNext()) return (null, false);
                batch.Add(found.Current);
            }

            return (null, true);
        }
        catch (FileFailure failure)
        {
            return (failure, false);
        }
    }
}
