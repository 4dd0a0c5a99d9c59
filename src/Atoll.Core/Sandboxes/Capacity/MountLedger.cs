using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Volumes;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>
/// Which sandboxes have which volumes mounted, in memory: from before a sandbox is saved until its end is saved, asleep or awake. A volume that is being deleted is closed in the same lock, so that
/// none is ever deleted under a sandbox. And who works with which from outside, which ends when a sandbox gets it or it is deleted. Threads: any.
/// </summary>
internal sealed class MountLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, ImmutableHashSet<VolumeId>> _bySandbox = [];
    private readonly Dictionary<VolumeId, ImmutableHashSet<SandboxId>> _byVolume = [];

    /// <summary>Ids are not used again, so those of deleted volumes may stay, until the server is started again.</summary>
    private readonly HashSet<VolumeId> _closed = [];
    private readonly Dictionary<VolumeId, HashSet<OutsideUse>> _outside = [];

    public Result<Done> Take(SandboxId id, ImmutableList<VolumeMount>? mounts)
    {
        if (mounts is null) return Done.Value;
        lock (_lock)
        {
            if (mounts.Find(mount => _closed.Contains(mount.Volume)) is { } gone) return VolumeFaults.NotFound(gone.Volume.Value);
            Put(id, mounts);
            return Done.Value;
        }
    }

    public void Readmit(SandboxId id, ImmutableList<VolumeMount>? mounts)
    {
        if (mounts is null) return;
        lock (_lock) Put(id, mounts);
    }

    public void GiveBack(SandboxId id)
    {
        lock (_lock)
        {
            if (!_bySandbox.Remove(id, out var volumes)) return;
            foreach (var volume in volumes)
            {
                var left = _byVolume[volume].Remove(id);
                if (left.IsEmpty) _byVolume.Remove(volume);
                else _byVolume[volume] = left;
            }
        }
    }

    public IReadOnlyCollection<SandboxId> UsersOf(VolumeId volume)
    {
        lock (_lock) return _byVolume.GetValueOrDefault(volume, []);
    }

    /// <summary>Its files are the sandboxes' business while one has it mounted: the sandboxes' own files API reaches them there.</summary>
    public Result<OutsideUse> Enter(Volume volume)
    {
        lock (_lock)
        {
            if (_closed.Contains(volume.Id)) return VolumeFaults.Busy(volume);
            var users = _byVolume.GetValueOrDefault(volume.Id, []);
            if (!users.IsEmpty) return VolumeFaults.InUse(volume, users, "Work with its files through one of those sandboxes.");
            OutsideUse use = new(volume.Id, Left);
            if (!_outside.TryGetValue(volume.Id, out var uses)) _outside[volume.Id] = uses = [];
            uses.Add(use);
            return use;
        }
    }

    /// <summary>Ends what is under way from outside with volumes that a sandbox has got.</summary>
    public void EndOutside(SandboxId id, ImmutableList<VolumeMount>? mounts)
    {
        foreach (var mount in mounts ?? [])
        {
            foreach (var use in Outside(mount.Volume)) _ = use.EndAsync(VolumeFaults.MountedMeanwhile(mount.Volume, id));
        }
    }

    /// <summary>Ends what is under way from outside with a volume that is deleted, and waits until none of its files is open.</summary>
    public async Task EndOutsideAsync(VolumeId deleted)
    {
        var uses = Outside(deleted);
        await Task.WhenAll(uses.Select(use => use.EndAsync(VolumeFaults.DeletedMeanwhile(deleted))));
        await Task.WhenAll(uses.Select(use => use.Over));
    }

    /// <summary>From now on no sandbox gets it; those that have it, which are then in the way.</summary>
    public IReadOnlyCollection<SandboxId> Close(VolumeId volume)
    {
        lock (_lock)
        {
            var users = _byVolume.GetValueOrDefault(volume, []);
            if (users.IsEmpty) _closed.Add(volume);
            return users;
        }
    }

    /// <summary>It could not be deleted.</summary>
    public void Reopen(VolumeId volume)
    {
        lock (_lock) _closed.Remove(volume);
    }

    private OutsideUse[] Outside(VolumeId volume)
    {
        lock (_lock) return [.. _outside.GetValueOrDefault(volume) ?? []];
    }

    private void Left(OutsideUse use)
    {
        lock (_lock)
        {
            if (_outside.TryGetValue(use.Volume, out var uses) && uses.Remove(use) && uses.Count == 0) _outside.Remove(use.Volume);
        }
    }

    private void Put(SandboxId id, ImmutableList<VolumeMount> mounts)
    {
        var volumes = mounts.Select(mount => mount.Volume).ToImmutableHashSet();
        _bySandbox[id] = volumes;
        foreach (var volume in volumes) _byVolume[volume] = _byVolume.GetValueOrDefault(volume, []).Add(id);
    }
}
