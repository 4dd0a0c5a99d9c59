using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Warm;

/// <summary>A shelf for each kind that is always kept, and for each that was asked for lately. Threads: any member at any time.</summary>
internal sealed class WarmShelves(IOptions<WarmOptions> options, IOptions<SandboxOptions> sandboxes, TimeProvider time)
{
    /// <summary>Kinds that come from requests, sizes among them, are without number; the rest is served cold.</summary>
    private const int Most = 64;

    private readonly ConcurrentDictionary<WarmKey, WarmShelf> _shelves = new();

    public IEnumerable<WarmShelf> All => _shelves.Values;

    /// <summary>The shelf for what a request asks for; null when there are too many already.</summary>
    public WarmShelf? For(SandboxSpec spec)
    {
        var key = WarmKey.For(spec);
        if (!_shelves.TryGetValue(key, out var shelf))
        {
            if (_shelves.Count >= Most) return null;

            // Before anybody sees it: a shelf that nobody has asked yet is one to be forgotten.
            var fresh = Make(key, spec.Limits, 0);
            fresh.Ask(spec.Limits);
            shelf = _shelves.GetOrAdd(key, fresh);
            if (shelf == fresh) return shelf;
        }

        shelf.Ask(spec.Limits);
        return shelf;
    }

    /// <summary>The shelf of a kind, there or not: for one that has to be put back.</summary>
    public WarmShelf Of(WarmKey key, SandboxLimits limits) => _shelves.GetOrAdd(key, _ => Make(key, limits, 0));

    /// <summary>Those that the configuration asks for, of templates and isolation that are there.</summary>
    public void AddFloors(Func<string, IsolationKind, bool> exists)
    {
        if (!options.Value.Enabled) return;
        var defaults = sandboxes.Value.Defaults;
        foreach (var floor in (IEnumerable<WarmFloor>)[new WarmFloor { Count = options.Value.Floor }, .. options.Value.Keep])
        {
            var (template, isolation) = (floor.Template ?? defaults.Template, floor.Isolation ?? defaults.Isolation);
            SandboxLimits limits = new(
                Math.Min(floor.Cpu ?? defaults.Cpu, Environment.ProcessorCount), floor.MemoryMiB ?? defaults.MemoryMiB, defaults.DiskMiB, defaults.Processes);
            if (floor.Count == 0 || !exists(template, isolation)) continue;
            var key = WarmKey.For(template, isolation, limits);
            _shelves[key] = Make(key, limits, floor.Count);
        }
    }

    /// <summary>Forgets kinds that nobody asks for any more.</summary>
    public void Forget()
    {
        foreach (var (key, shelf) in _shelves)
        {
            // One that is used again between the look and the removal only loses its memory of that one use.
            if (shelf.IsIdle) _shelves.TryRemove(new(key, shelf));
        }
    }

    private WarmShelf Make(WarmKey key, SandboxLimits limits, int floor) => new(key, limits, floor, options.Value.Ceiling, new Demand(time, options.Value.Memory), time);
}
