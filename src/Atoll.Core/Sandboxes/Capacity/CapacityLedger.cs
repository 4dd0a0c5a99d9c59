using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>
/// How much of this host is promised: a count of sandboxes and a sum of memory, checked and taken in one step so that a burst cannot slip past. Each sandbox holds its
/// part from before it is saved until its end is saved, but for the time in which it is at rest (suspended or stopped); those are only counted.
/// </summary>
internal sealed class CapacityLedger(IMachine machine, IOptions<SandboxOptions> options)
{
    private const int MiBPerSandbox = 64;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, int> _promised = [];
    private readonly HashSet<SandboxId> _resting = [];
    private long _memoryMiB;

    public int MaxLiving => options.Value.MaxLiving is > 0 and var most ? most : (int)Math.Max(1, (machine.Description.MemoryBytes >> 20) / MiBPerSandbox);

    /// <summary>What is promised now.</summary>
    public long MemoryMiB
    {
        get
        {
            lock (_lock) return _memoryMiB;
        }
    }

    public long MaxMemoryMiB => (long)((machine.Description.MemoryBytes >> 20) * options.Value.MemoryOvercommit);

    /// <summary>Takes a part for a new sandbox, or a larger or smaller one for a living one.</summary>
    public Result<Done> Take(SandboxId id, int memoryMiB)
    {
        lock (_lock)
        {
            var before = _promised.GetValueOrDefault(id, -1);
            if (before < 0 && _promised.Count >= MaxLiving)
            {
                return Full($"{_promised.Count} sandboxes live here, and at most {MaxLiving} may.");
            }

            var sum = _memoryMiB - Math.Max(before, 0) + memoryMiB;
            if (sum > MaxMemoryMiB && memoryMiB > before)
            {
                return Full(string.Create(
                    CultureInfo.InvariantCulture, $"{_memoryMiB} MiB of memory are promised to sandboxes, {memoryMiB} more were asked for, and at most {MaxMemoryMiB} may be."));
            }

            Set(id, memoryMiB, sum);
            return Done.Value;
        }
    }

    /// <summary>A sandbox that lives already, after a restart: counted, never refused.</summary>
    public void Readmit(SandboxId id, int memoryMiB)
    {
        lock (_lock) Set(id, memoryMiB, _memoryMiB - _promised.GetValueOrDefault(id) + memoryMiB);
    }

    /// <summary>A living sandbox goes to rest: its part is given back.</summary>
    public Result<Done> Rest(SandboxId id)
    {
        lock (_lock)
        {
            if (!_resting.Contains(id) && _resting.Count >= options.Value.MaxAtRest) return SandboxFaults.TooManyAsleep(options.Value.MaxAtRest);
            PutToRest(id);
            return Done.Value;
        }
    }

    public void ReadmitAtRest(SandboxId id)
    {
        lock (_lock) PutToRest(id);
    }

    public void GiveBack(SandboxId id)
    {
        lock (_lock)
        {
            _resting.Remove(id);
            if (_promised.Remove(id, out var memory)) _memoryMiB -= memory;
        }
    }

    private void PutToRest(SandboxId id)
    {
        _resting.Add(id);
        if (_promised.Remove(id, out var memory)) _memoryMiB -= memory;
    }

    private void Set(SandboxId id, int memoryMiB, long sum)
    {
        _resting.Remove(id);
        _promised[id] = memoryMiB;
        _memoryMiB = sum;
    }

    private static Fault Full(string detail) =>
        new(FaultCode.CapacityExhausted, FaultSide.Host, FaultStage.Admission, detail, "Delete a sandbox, ask for less memory, or raise Sandboxes:MaxLiving or Sandboxes:MemoryOvercommit.");
}
