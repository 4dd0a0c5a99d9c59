using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>The front door: finds what is meant, checks what was sent, and hands on. What has begun goes on without its caller.</summary>
internal sealed class CheckpointService(
    CheckpointFinder finder, CheckpointDeleter deleter, ForkMaker forks, ISavedDisks disks, ISandboxes sandboxes, IGrainFactory grains, IOptions<CheckpointOptions> options) : ICheckpoints
{
    public async Task<Result<Checkpoint>> CreateAsync(TeamId team, string sandbox, CheckpointRequest request, CancellationToken cancellation)
    {
        if (!CheckpointRules.Check(request).TryGet(out var draft, out var mistakes)) return mistakes;
        if (!(await FindLivingAsync(team, sandbox, cancellation)).TryGet(out var living, out var fault)) return fault;
        if (draft.Kind is CheckpointKind.Full && disks.WhyNoMemory(living.Spec.Isolation) is { } unable) return unable;
        return await Grain(living.Id).CheckpointAsync(draft).WaitAsync(cancellation);
    }

    public Task<Result<Checkpoint>> GetAsync(TeamId team, string checkpoint, CancellationToken cancellation) => finder.FindAsync(team, checkpoint, cancellation);

    public Task<Result<Page<Checkpoint>>> ListAsync(TeamId team, string? sandbox, int limit, string? cursor, CancellationToken cancellation) =>
        finder.ListAsync(team, sandbox, limit, cursor, cancellation);

    public async Task<Result<Done>> DeleteAsync(TeamId team, string checkpoint, CancellationToken cancellation) =>
        (await finder.FindAsync(team, checkpoint, cancellation)).TryGet(out var found, out var fault) ? await deleter.DeleteAsync(found).WaitAsync(cancellation) : fault;

    public async Task<Result<CheckpointDiff>> DiffAsync(TeamId team, string from, string? to, int? limit, CancellationToken cancellation)
    {
        var most = options.Value.MostPaths;
        if (limit is < 1 || limit > most)
        {
            FieldErrors errors = new();
            errors.Add("limit", $"Must be 1 to {most}.");
            return errors.ToFault()!;
        }

        if (!(await finder.FindAsync(team, from, cancellation)).TryGet(out var first, out var fault)) return fault;
        if (CheckpointId.TryParse(to, out _))
        {
            if (!(await finder.FindAsync(team, to, cancellation)).TryGet(out var second, out fault)) return fault;
            var between = await disks.CompareAsync(first.Disk, second.Disk, limit ?? most, cancellation);
            return between.Map(diff => new CheckpointDiff(first.Id, second.Id, null, diff));
        }

        if (!(await FindLivingAsync(team, to ?? first.Sandbox.Value, cancellation)).TryGet(out var now, out fault)) return fault;
        if (now.State is SandboxState.Archived) return SandboxFaults.Asleep(now);
        var since = await disks.CompareAsync(first.Disk, now.Id, limit ?? most, cancellation);
        return since.Map(diff => new CheckpointDiff(first.Id, null, now.Id, diff));
    }

    public async Task<Result<Sandbox>> RestoreAsync(TeamId team, string sandbox, string checkpoint, CancellationToken cancellation)
    {
        if (!(await FindLivingAsync(team, sandbox, cancellation)).TryGet(out var living, out var fault)) return fault;
        if (!(await finder.FindAsync(living, checkpoint, cancellation)).TryGet(out var found, out fault)) return fault;
        if (found.Spec.Isolation != living.Spec.Isolation) return CheckpointFaults.WrongIsolation(found, living.Spec);
        if (found.Memory is not null && !MountRules.Same(found.Spec.Volumes, living.Spec.Volumes)) return CheckpointFaults.OtherVolumes(found);
        return await Grain(living.Id).RestoreAsync(found).WaitAsync(cancellation);
    }

    public async Task<Result<Forked>> ForkAsync(TeamId team, string checkpoint, ForkRequest request, CancellationToken cancellation)
    {
        if (CheckpointRules.Check(request) is { } mistakes) return mistakes;
        if (!(await finder.FindAsync(team, checkpoint, cancellation)).TryGet(out var found, out var fault)) return fault;
        if (request.Kind is CheckpointKind.Full && found.Kind is not CheckpointKind.Full) return disks.WhyNoMemory(found.Spec.Isolation) ?? CheckpointFaults.NoMemory(found);
        return await Task.Run(() => forks.ForkAsync(found, request), CancellationToken.None).WaitAsync(cancellation);
    }

    public async Task<Result<Forked>> ForkSandboxAsync(TeamId team, string sandbox, ForkRequest request, CancellationToken cancellation)
    {
        if (CheckpointRules.Check(request) is { } mistakes) return mistakes;
        var made = await CreateAsync(team, sandbox, new(request.Kind ?? CheckpointKind.Disk, Comment: "Made by a fork."), cancellation);
        if (!made.TryGet(out var checkpoint, out var fault)) return fault;
        return await Task.Run(() => forks.ForkAsync(checkpoint, request), CancellationToken.None).WaitAsync(cancellation);
    }

    private async Task<Result<Sandbox>> FindLivingAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        var found = await sandboxes.GetAsync(team, idOrName, cancellation);
        if (!found.TryGet(out var sandbox, out _)) return found;
        if (sandbox.EndedAt is not null) return SandboxFaults.Ended(sandbox.Id, sandbox.Reason, sandbox.ReasonDetail);
        return sandbox.State is SandboxState.Creating ? SandboxFaults.Creating(sandbox.Id) : sandbox;
    }

    private ISandboxGrain Grain(SandboxId id) => grains.GetGrain<ISandboxGrain>(id.Value);
}
