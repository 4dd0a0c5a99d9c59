using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Volumes.Living;

/// <summary>All volumes, in memory: by id, and by team and name. What stands here has been saved; written after each commit and before the next one. Threads: any.</summary>
internal sealed class VolumeDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VolumeId, Volume> _byId = [];
    private readonly Dictionary<(TeamId Team, string Name), Volume> _byName = [];

    public Volume? Find(VolumeId id)
    {
        lock (_lock) return _byId.GetValueOrDefault(id);
    }

    public Volume? Find(TeamId team, string idOrName)
    {
        lock (_lock) return (VolumeId.TryParse(idOrName, out var id) ? _byId.GetValueOrDefault(id) : _byName.GetValueOrDefault((team, idOrName))) is { } volume && volume.Team == team ? volume : null;
    }

    /// <summary>Newest first, one more than asked for when there is more.</summary>
    public List<Volume> List(TeamId team, int limit, VolumeCursor? cursor)
    {
        lock (_lock)
        {
            return [.. _byId.Values.Where(volume => volume.Team == team && (cursor is null || cursor.IsBefore(volume)))
                .OrderByDescending(volume => volume.CreatedAt).ThenByDescending(volume => volume.Id.Value, StringComparer.Ordinal).Take(limit + 1)];
        }
    }

    /// <summary>A new one, or one that has changed.</summary>
    public void Put(Volume volume)
    {
        lock (_lock)
        {
            Forget(volume.Id);
            _byId[volume.Id] = volume;
            if (volume.Name is { } name) _byName[(volume.Team, name)] = volume;
        }
    }

    public void Remove(VolumeId id)
    {
        lock (_lock) Forget(id);
    }

    private void Forget(VolumeId id)
    {
        if (_byId.Remove(id, out var before) && before.Name is { } name) _byName.Remove((before.Team, name));
    }
}
