using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>One team's part of <see cref="TeamLedger"/>. CPU is summed in thousandths of a core, which add up exactly.</summary>
internal sealed class TeamAccount(TimeProvider time)
{
    private const int MilliCores = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, SandboxLimits> _held = [];
    private readonly Dictionary<CheckpointId, int> _checkpoints = [];
    private readonly Dictionary<VolumeId, int> _volumes = [];
    private readonly CreateRate _rate = new(time);
    private TeamQuota _quota = TeamQuota.Unlimited;
    private (long MilliCpu, long MemoryMiB, long DiskMiB) _sum;
    private bool _closed;

    public TeamQuota Quota
    {
        get
        {
            lock (_lock) return _quota;
        }

        set
        {
            lock (_lock)
            {
                _quota = value;
                _rate.Set(value.CreatesPerMinute);
            }
        }
    }

    public TeamUse Use
    {
        get
        {
            lock (_lock) return new(_held.Count, (double)_sum.MilliCpu / MilliCores, _sum.MemoryMiB, _sum.DiskMiB, _checkpoints.Count, _volumes.Count);
        }
    }

    public Result<Done> Take(SandboxId id, SandboxLimits limits)
    {
        lock (_lock)
        {
            if (_closed) return QuotaFaults.TeamGone;
            var before = _held.GetValueOrDefault(id);
            QuotaCheck check = new();
            check.Add("sandboxes", _held.Count, before is null ? 1 : 0, _quota.Sandboxes);
            check.Add("cpu", _sum.MilliCpu, Milli(limits) - (before is null ? 0 : Milli(before)), Milli(_quota.Cpu), MilliCores, " cores");
            check.Add("memoryMiB", _sum.MemoryMiB, limits.MemoryMiB - (before?.MemoryMiB ?? 0), _quota.MemoryMiB, unit: " MiB");
            check.Add("diskMiB", _sum.DiskMiB, limits.DiskMiB - (before?.DiskMiB ?? 0), _quota.DiskMiB, unit: " MiB");
            if (check.Fault is { } exceeded) return exceeded;

            // Last, so that a creation refused for another reason costs no turn.
            if (before is null && !_rate.TryTake(out var seconds)) return QuotaFaults.TooFast(_quota.CreatesPerMinute, seconds);
            Put(id, limits);
            return Done.Value;
        }
    }

    /// <param name="most">Checkpoints at one time.</param>
    public Result<Done> Take(CheckpointId id, int diskMiB, int most)
    {
        lock (_lock)
        {
            if (_closed) return QuotaFaults.TeamGone;
            if (_checkpoints.Count >= most) return QuotaFaults.TooManyCheckpoints(most);
            QuotaCheck check = new();
            check.Add("diskMiB", _sum.DiskMiB, diskMiB, _quota.DiskMiB, unit: " MiB");
            if (check.Fault is { } exceeded) return exceeded;
            Put(id, diskMiB);
            return Done.Value;
        }
    }

    public void Set(CheckpointId id, int diskMiB)
    {
        lock (_lock) Put(id, diskMiB);
    }

    public void GiveBack(CheckpointId id)
    {
        lock (_lock)
        {
            if (_checkpoints.Remove(id, out var held)) _sum.DiskMiB -= held;
        }
    }

    /// <summary>For a new volume, or one that is to be larger or smaller.</summary>
    /// <param name="most">Volumes at one time.</param>
    public Result<Done> Take(VolumeId id, int diskMiB, int most)
    {
        lock (_lock)
        {
            if (_closed) return QuotaFaults.TeamGone;
            var known = _volumes.TryGetValue(id, out var before);
            if (!known && _volumes.Count >= most) return QuotaFaults.TooManyVolumes(most);
            QuotaCheck check = new();
            check.Add("diskMiB", _sum.DiskMiB, diskMiB - before, _quota.DiskMiB, unit: " MiB");
            if (check.Fault is { } exceeded) return exceeded;
            Put(id, diskMiB);
            return Done.Value;
        }
    }

    public void Set(VolumeId id, int diskMiB)
    {
        lock (_lock) Put(id, diskMiB);
    }

    public void GiveBack(VolumeId id)
    {
        lock (_lock)
        {
            if (_volumes.Remove(id, out var held)) _sum.DiskMiB -= held;
        }
    }

    public void Set(SandboxId id, SandboxLimits limits)
    {
        lock (_lock) Put(id, limits);
    }

    public void GiveBack(SandboxId id)
    {
        lock (_lock) Forget(id);
    }

    public void Undo(SandboxId id)
    {
        lock (_lock)
        {
            if (Forget(id)) _rate.Return();
        }
    }

    public bool TryClose()
    {
        lock (_lock) return _held.Count == 0 && _checkpoints.Count == 0 && _volumes.Count == 0 && (_closed = true);
    }

    public void Reopen()
    {
        lock (_lock) _closed = false;
    }

    private static long Milli(SandboxLimits limits) => Milli(limits.Cpu);

    private static long Milli(double cores) => (long)Math.Round(cores * MilliCores);

    private void Put(SandboxId id, SandboxLimits limits)
    {
        Forget(id);
        _held[id] = limits;
        _sum = (_sum.MilliCpu + Milli(limits), _sum.MemoryMiB + limits.MemoryMiB, _sum.DiskMiB + limits.DiskMiB);
    }

    private void Put(CheckpointId id, int diskMiB)
    {
        if (_checkpoints.TryAdd(id, diskMiB)) _sum.DiskMiB += diskMiB;
    }

    private void Put(VolumeId id, int diskMiB)
    {
        if (_volumes.Remove(id, out var before)) _sum.DiskMiB -= before;
        _volumes[id] = diskMiB;
        _sum.DiskMiB += diskMiB;
    }

    private bool Forget(SandboxId id)
    {
        if (!_held.Remove(id, out var held)) return false;
        _sum = (_sum.MilliCpu - Milli(held), _sum.MemoryMiB - held.MemoryMiB, _sum.DiskMiB - held.DiskMiB);
        return true;
    }
}
