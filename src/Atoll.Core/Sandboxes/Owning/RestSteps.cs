using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Usage;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>What stopping, suspending and waking have in common: room, the end of the processes, and whose turn it is when the journal is settled.</summary>
internal sealed partial class RestSteps(
    ISandboxSleep sleep, Admissions admissions, FinalMeasure measure, SandboxDirectory directory, IGrainFactory grains, ILogger<RestSteps> log)
{
    /// <param name="savedBytes">What its saved memory will take, as far as is known before.</param>
    public Result<Done> Admit(Sandbox sandbox, long savedBytes = 0) => sandbox.State.IsAtRest() ? Done.Value : admissions.Rest(sandbox.Team, sandbox.Id, sandbox.Spec.Limits, savedBytes);

    /// <summary>Counted, never refused: it was begun before, or does not wake after all.</summary>
    public void AdmitAnyway(Sandbox sandbox) => admissions.ReadmitAtRest(sandbox.Team, sandbox.Id, sandbox.State.IsAtRest() ? sandbox.Held : sandbox.Spec.Limits.AtRest(0));

    /// <summary>It does not go to rest after all.</summary>
    public void Readmit(Sandbox sandbox)
    {
        if (!sandbox.State.IsAtRest()) admissions.Readmit(sandbox.Team, sandbox.Id, sandbox.Spec.Limits);
    }

    /// <summary>Room for it to wake.</summary>
    public Result<Done> AdmitAwake(Sandbox sandbox) => admissions.Wake(sandbox.Team, sandbox.Id, sandbox.Spec.Limits, sandbox.Held);

    public Task PassAsync(LiveEntry entry) => measure.PassAsync(entry);

    /// <summary>It is measured for the last time, and nothing of it is left but its disk and saved memory. Repeatable.</summary>
    /// <param name="forGood">Its processes do not go on later: its users are told. Else they wait, and notice nothing.</param>
    public async Task<Result<Done>> EndProcessesAsync(LiveEntry entry, bool forGood)
    {
        await measure.PassAsync(entry);
        if (forGood) await TellUsersAsync(entry);
        if (entry.Sandbox.State.IsAtRest()) return Done.Value;
        var rested = await sleep.RestAsync(entry.Sandbox.Id, CancellationToken.None);
        if (!rested.Succeeded) return rested;
        entry.Meter.BeginAnew();
        entry.Usage.Clear();
        return rested;
    }

    /// <summary>What a dead server left is settled before there are grains; what this one left, in the sandbox's turn.</summary>
    /// <param name="settle">What is done for a sandbox that lives.</param>
    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, Func<LiveEntry, JournalEntry, Task<Result<Done>>> settle)
    {
        var id = SandboxId.Parse(entry.Subject);
        if (!starting) return await grains.GetGrain<ISandboxGrain>(id.Value).SettleAsync(entry.Operation, entry.Data);
        return directory.Find(id) is { } living ? await settle(living, entry) : Done.Value;
    }

    /// <summary>Streams end. May be repeated.</summary>
    public async Task TellUsersAsync(LiveEntry entry)
    {
        try
        {
            await entry.InterruptAsync();
        }
        catch (AggregateException failure)
        {
            // A user of the sandbox that cannot take the news must not keep it running.
            LogUserFailed(log, entry.Sandbox.Id, failure);
        }
    }

    [LoggerMessage(1420, LogLevel.Error, "A user of sandbox {Sandbox} failed when told that its processes end.")]
    private static partial void LogUserFailed(ILogger log, SandboxId sandbox, Exception failure);
}
