using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Core.Volumes.Living;

namespace Atoll.Core.Volumes.Service;

/// <summary>The front door: finds what is meant, checks what was sent, and hands on. What has begun goes on without its caller.</summary>
internal sealed class VolumeService(
    VolumeDirectory directory, VolumeRules rules, VolumeMaker maker, VolumeChanger changer, VolumeDeleter deleter, VolumeLooks looks, TimeProvider time) : IVolumes
{
    private const int MostListed = 1000;

    public async Task<Result<VolumeState>> CreateAsync(TeamId team, VolumeRequest request, CancellationToken cancellation) =>
        rules.Check(request).TryGet(out var size, out var mistakes) ? await MakeAsync(Draft(team, request.Name, size), null, cancellation) : mistakes;

    public async Task<Result<VolumeState>> GetAsync(TeamId team, string volume, CancellationToken cancellation) =>
        Find(team, volume).TryGet(out var found, out var fault) ? await looks.AtAsync(found, cancellation) : fault;

    public Result<Page<VolumeState>> List(TeamId team, int limit, string? cursor)
    {
        FieldErrors errors = new();
        if (limit is < 1 or > MostListed) errors.Add("limit", $"Must be 1 to {MostListed}.");
        var from = cursor is null ? null : VolumeCursor.TryParse(cursor);
        if (cursor is not null && from is null) errors.Add("cursor", "This is no cursor of this list.");
        if (errors.ToFault() is { } mistake) return mistake;
        var found = directory.List(team, limit, from);
        var more = found.Count > limit;
        if (more) found.RemoveRange(limit, found.Count - limit);
        return new Page<VolumeState>(found.ConvertAll(looks.Briefly), more ? VolumeCursor.Of(found[^1]).ToString() : null);
    }

    public async Task<Result<VolumeState>> UpdateAsync(TeamId team, string volume, VolumeUpdate update, CancellationToken cancellation)
    {
        if (rules.Check(update) is { } mistakes) return mistakes;
        if (!Find(team, volume).TryGet(out var found, out var fault)) return fault;
        if (found.ReadOnly && update.SizeMiB is not null) return VolumeFaults.Snapshot(found);
        if (update is { Name: null, SizeMiB: null }) return await looks.AtAsync(found, cancellation);
        var changed = await Task.Run(() => changer.ChangeAsync(found, update), CancellationToken.None).WaitAsync(cancellation);
        return changed.TryGet(out var after, out fault) ? await looks.AtAsync(after, cancellation) : fault;
    }

    public async Task<Result<Done>> DeleteAsync(TeamId team, string volume, CancellationToken cancellation) =>
        Find(team, volume).TryGet(out var found, out var fault) ? await Task.Run(() => deleter.DeleteAsync(found), CancellationToken.None).WaitAsync(cancellation) : fault;

    public async Task<Result<VolumeState>> SnapshotAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation)
    {
        if (VolumeRules.CheckSnapshot(request) is { } mistakes) return mistakes;
        if (!Find(team, volume).TryGet(out var source, out var fault)) return fault;
        return await MakeAsync(Draft(team, request.Name, 0) with { ReadOnly = true, Source = source.Id }, source, cancellation);
    }

    public async Task<Result<VolumeState>> CloneAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation)
    {
        if (!Find(team, volume).TryGet(out var source, out var fault)) return fault;
        if (!rules.Check(request, source.ReadOnly ? null : source.SizeMiB).TryGet(out var size, out var mistakes)) return mistakes;
        return await MakeAsync(Draft(team, request.Name, size) with { Source = source.Id }, source, cancellation);
    }

    public async Task<Result<IVolumeFiles>> OpenAsync(TeamId team, string volume, bool write, CancellationToken cancellation)
    {
        if (!Find(team, volume).TryGet(out var found, out var fault)) return fault;
        if (write && found.ReadOnly) return VolumeFaults.Snapshot(found);
        return await looks.IntoAsync(found, cancellation);
    }

    private Result<Volume> Find(TeamId team, string volume) => directory.Find(team, volume) is { } found ? found : VolumeFaults.NotFound(volume);

    private Volume Draft(TeamId team, string? name, int sizeMiB) => new() { Id = VolumeId.New(), Team = team, Name = name, SizeMiB = sizeMiB, Node = looks.Node, CreatedAt = time.GetUtcNow() };

    private async Task<Result<VolumeState>> MakeAsync(Volume draft, Volume? source, CancellationToken cancellation)
    {
        if (draft.Name is { } name && directory.Find(draft.Team, name) is not null) return VolumeFaults.NameTaken(name);
        var made = await Task.Run(() => maker.MakeAsync(draft, source), CancellationToken.None).WaitAsync(cancellation);
        return made.TryGet(out var volume, out var fault) ? await looks.AtAsync(volume, cancellation) : fault;
    }
}
