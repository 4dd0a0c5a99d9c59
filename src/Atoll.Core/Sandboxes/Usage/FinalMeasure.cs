using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>Measures a sandbox for the last time before it is removed, or becomes another state of itself. It is given two seconds: an end does not wait for accounts.</summary>
internal sealed partial class FinalMeasure(IMachine machine, UsageBook book, ILogger<FinalMeasure> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task TakeAsync(LiveEntry entry) => book.Close(entry, entry.Sandbox.State.IsAtRest() ? null : await MeasureAsync(entry));

    /// <summary>The same before it falls asleep or wakes, so that the time up to here counts as what it was.</summary>
    public async Task PassAsync(LiveEntry entry)
    {
        // While the server starts there are no accounts yet.
        if (book.Resumed.IsCompleted) book.Note(entry, entry.Sandbox.State.IsAtRest() ? null : await MeasureAsync(entry));
    }

    private async Task<SandboxUsage?> MeasureAsync(LiveEntry entry)
    {
        SandboxUsage? usage = null;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await book.Resumed.WaitAsync(patience.Token);
            var measured = await machine.MeasureAsync(entry.Sandbox.Id, patience.Token).WaitAsync(patience.Token);
            if (!measured.TryGet(out usage, out var fault)) LogUnmeasured(log, entry.Sandbox.Id, fault.Detail);
        }
        catch (OperationCanceledException)
        {
            LogUnmeasured(log, entry.Sandbox.Id, "It took too long.");
        }
        catch (Exception failure)
        {
            // A bug of a measurement must not keep a sandbox alive.
            LogFailed(log, entry.Sandbox.Id, failure);
        }

        return usage;
    }

    [LoggerMessage(1285, LogLevel.Debug, "Sandbox {Sandbox} could not be measured at its end: {Detail}")]
    private static partial void LogUnmeasured(ILogger log, SandboxId sandbox, string detail);

    [LoggerMessage(1286, LogLevel.Error, "Measuring sandbox {Sandbox} at its end failed.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
