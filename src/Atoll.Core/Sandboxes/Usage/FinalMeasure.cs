using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>Measures a sandbox for the last time, before it is removed. It is given two seconds: an end does not wait for accounts.</summary>
internal sealed partial class FinalMeasure(IMachine machine, UsageBook book, ILogger<FinalMeasure> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task TakeAsync(LiveEntry entry)
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

        book.Close(entry, usage);
    }

    [LoggerMessage(1285, LogLevel.Debug, "Sandbox {Sandbox} could not be measured at its end: {Detail}")]
    private static partial void LogUnmeasured(ILogger log, SandboxId sandbox, string detail);

    [LoggerMessage(1286, LogLevel.Error, "Measuring sandbox {Sandbox} at its end failed.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
