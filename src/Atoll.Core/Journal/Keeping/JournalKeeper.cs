using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Journal.Keeping;

/// <summary>Settles what is in the journal and nobody holds: all of it at a start, then what this server could not clear up itself, once a minute. What fails stays for the next time.</summary>
internal sealed partial class JournalKeeper(JournalStore journal, IEnumerable<IJournalledOperation> operations, TimeProvider time, ILogger<JournalKeeper> log) : ICoreLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Sandboxes that a dead server may have stopped on purpose.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task<IReadOnlySet<SandboxId>> HaltedAsync(CancellationToken cancellation) =>
        (await LoadAsync(cancellation)).Select(entry => Find(entry)?.Halts(entry)).OfType<SandboxId>().ToHashSet();

    /// <summary>At a start, when the living are known.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        foreach (var entry in await LoadAsync(cancellation)) await SettleAsync(entry, starting: true, cancellation);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (!(await journal.LoadAsync(stopping)).TryGet(out var entries, out _)) continue;
            foreach (var entry in entries.Where(entry => !journal.IsHeld(entry))) await SettleAsync(entry, starting: false, stopping);
        }
    }

    private async Task SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        if (Find(entry) is not { } operation)
        {
            LogUnknown(log, entry.Operation, entry.Subject);
            return;
        }

        try
        {
            var settled = await operation.SettleAsync(entry, starting, cancellation);
            if (settled.Succeeded) settled = await journal.EndAsync(entry);
            if (settled.Fault is { } fault) LogUnsettled(log, entry.Operation, entry.Subject, fault.Detail);
            else LogSettled(log, entry.Operation, entry.Subject);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(log, entry.Operation, entry.Subject, failure);
        }
    }

    private async Task<List<JournalEntry>> LoadAsync(CancellationToken cancellation) =>
        (await journal.LoadAsync(cancellation)).TryGet(out var entries, out var fault) ? entries : throw new FaultException(fault);

    private IJournalledOperation? Find(JournalEntry entry) => operations.FirstOrDefault(operation => operation.Operation == entry.Operation);

    [LoggerMessage(1400, LogLevel.Information, "Settled what was left of operation '{Operation}' of {Subject}.")]
    private static partial void LogSettled(ILogger log, string operation, string subject);

    [LoggerMessage(1401, LogLevel.Warning, "What is left of operation '{Operation}' of {Subject} could not be settled, and is tried again: {Detail}")]
    private static partial void LogUnsettled(ILogger log, string operation, string subject, string detail);

    [LoggerMessage(1402, LogLevel.Error, "Settling operation '{Operation}' of {Subject} failed; it is tried again.")]
    private static partial void LogFailed(ILogger log, string operation, string subject, Exception failure);

    [LoggerMessage(1403, LogLevel.Error, "The journal holds an operation '{Operation}' of {Subject}, which this version does not know; it is left alone.")]
    private static partial void LogUnknown(ILogger log, string operation, string subject);
}
