using System.Globalization;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Owning;
using Atoll.Core.Sandboxes.Service;
using Atoll.Core.Store;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>
/// Makes sandboxes from a checkpoint, several at one time, each created as any other is. One that fails leaves the others as they are. The whole is noted in the journal: a server that dies
/// before it could answer leaves none of them, because nobody would know of them, and who asks again gets as many as asked for.
/// </summary>
internal sealed class ForkMaker(
    CountedCreator creator, JournalStore journal, SandboxDirectory directory, SandboxEnder ender, IGrainFactory grains, IOptions<CheckpointOptions> options) : IJournalledOperation
{
    private static readonly Ending Undone = new(SandboxState.Failed, EndReason.ServerRestart, "The server was restarted before the fork that made it was answered.");

    public string Operation => "fork";

    public async Task<Result<Forked>> ForkAsync(Checkpoint checkpoint, ForkRequest request)
    {
        var entry = journal.New(Operation, CheckpointId.New().Value);
        if ((await journal.BeginAsync(entry)).Fault is { } unnoted) return unnoted;
        Failpoint.Hit("fork.noted");
        var made = new Result<Sandbox>[request.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, request.Count), new ParallelOptions { MaxDegreeOfParallelism = options.Value.ForksAtOnce }, async (i, _) =>
        {
            made[i] = await creator.CreateAsync(checkpoint.Team, One(checkpoint, request, i, entry.Subject), null, wait: true, CancellationToken.None);
            Failpoint.Hit("fork.one");
        });
        Failpoint.Hit("fork.all");

        // Not answered before that is saved: else a restart would take away what somebody was told of.
        if ((await journal.EndAsync(entry)).Fault is { } unsaved) return unsaved;
        Failpoint.Hit("fork.done");
        return made.All(one => !one.Succeeded) ? made[0].Fault! : new Forked(checkpoint.Id, made);
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        foreach (var living in directory.Living.Where(x => x.Sandbox.Spec.Fork == entry.Subject).ToList())
        {
            var ended = starting
                ? (await ender.EndAsync(living, Undone)).Map(_ => Done.Value)
                : await grains.GetGrain<ISandboxGrain>(living.Sandbox.Id.Value).EndAsync(Undone);
            if (ended.Fault is not null) return ended;
        }

        return Done.Value;
    }

    private static SandboxRequest One(Checkpoint checkpoint, ForkRequest request, int index, string fork) => request.Sandbox with
    {
        Checkpoint = checkpoint.Id.Value,
        DiskOnly = request.Kind is CheckpointKind.Disk,
        Fork = fork,
        Name = request.Sandbox.Name is not { } name ? null : request.Count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{index + 1}"),
    };
}
