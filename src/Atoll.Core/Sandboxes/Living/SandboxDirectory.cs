using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Listing;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Living;

/// <summary>
/// The living sandboxes of this node, in memory: by id, and by team and name. What stands here has been saved. Written by each sandbox's grain for its own sandbox,
/// right after its commit and before the next one; read by everybody, without locks.
/// </summary>
internal sealed class SandboxDirectory(IMachine machine, TimeProvider time, IOptions<SandboxOptions> options)
{
    private readonly ConcurrentDictionary<SandboxId, LiveEntry> _byId = new();
    private readonly ConcurrentDictionary<(TeamId Team, string Name), LiveEntry> _byName = new();
    private readonly RecentEnds _ends = new();

    /// <summary>A sandbox is not what it was: told right after it stands here. Handlers are quick and do not throw.</summary>
    public event Action<Sandbox>? Replaced;

    public IEnumerable<LiveEntry> Living => _byId.Select(x => x.Value);

    public LiveEntry? Find(SandboxId id) => _byId.GetValueOrDefault(id);

    public LiveEntry? Find(TeamId team, string idOrName) =>
        (SandboxId.TryParse(idOrName, out var id) ? Find(id) : _byName.GetValueOrDefault((team, idOrName))) is { } entry && entry.Sandbox.Team == team ? entry : null;

    /// <summary>Newest first.</summary>
    public Page<Sandbox> List(TeamId team, SandboxQuery query, ListCursor? cursor)
    {
        List<Sandbox> found = [.. Living.Select(x => x.Sandbox).Where(x => x.Team == team && SandboxFilter.Matches(x, query) && (cursor is null || cursor.IsBefore(x)))];
        found.Sort(static (a, b) =>
        {
            var byTime = b.CreatedAt.CompareTo(a.CreatedAt);
            return byTime != 0 ? byTime : string.CompareOrdinal(b.Id.Value, a.Id.Value);
        });
        if (found.Count <= query.Limit) return new(found, null);
        found.RemoveRange(query.Limit, found.Count - query.Limit);
        return new(found, ListCursor.Of(found[^1]).ToString());
    }

    /// <summary>The hot path: two look-ups and one small object. <see cref="FaultCode.SandboxNotFound"/> may still be one that ended long ago; the database knows.</summary>
    public Result<LiveSandbox> Use(TeamId team, string idOrName)
    {
        if (Find(team, idOrName) is not { } entry) return FindEnd(team, idOrName) ?? SandboxFaults.NotFound(idOrName);
        var sandbox = entry.Sandbox;
        if (entry.Ending is { } ending) return SandboxFaults.Ended(sandbox.Id, ending.Reason, ending.Detail);
        if (entry.Fault is { } fault) return SandboxFaults.JustStopped(sandbox.Id, fault);
        if (entry.Turning) return SandboxFaults.Turning(sandbox.Id);
        if (sandbox.State.IsAsleep()) return SandboxFaults.Asleep(sandbox);
        if (sandbox.State is not SandboxState.Running) return SandboxFaults.Creating(sandbox.Id);
        if (entry.Restoring) return SandboxFaults.Restoring(sandbox.Id);
        return machine.FindGuest(sandbox.Id) is { } guest ? new UsedSandbox(entry, sandbox, guest) : SandboxFaults.Unreachable(sandbox.Id);
    }

    public Fault? FindEnd(TeamId team, string id) =>
        SandboxId.TryParse(id, out var parsed) && _ends.Find(parsed) is { } end && end.Team == team ? SandboxFaults.Ended(parsed, end.Reason, end.Detail) : null;

    public LiveEntry Add(Sandbox sandbox)
    {
        LiveEntry entry = new(sandbox, new(time), new(UsageRing.CapacityFor(options.Value)));
        _byId[sandbox.Id] = entry;
        if (sandbox.Spec.Name is { } name) _byName[(sandbox.Team, name)] = entry;
        return entry;
    }

    public void Replace(Sandbox sandbox)
    {
        if (Find(sandbox.Id) is not { } entry) return;
        var before = entry.Sandbox.Spec.Name;
        entry.Sandbox = sandbox;
        Replaced?.Invoke(sandbox);
        if (before == sandbox.Spec.Name) return;
        if (sandbox.Spec.Name is { } name) _byName[(sandbox.Team, name)] = entry;
        if (before is not null) Forget((sandbox.Team, before), entry);
    }

    public void Remove(Sandbox ended)
    {
        _ends.Add(ended);
        if (!_byId.TryRemove(ended.Id, out var entry)) return;
        if (entry.Sandbox.Spec.Name is { } name) Forget((ended.Team, name), entry);
    }

    // Only if it is still this one's: the name may be somebody else's already.
    private void Forget((TeamId, string) name, LiveEntry entry) => _byName.TryRemove(new(name, entry));
}
