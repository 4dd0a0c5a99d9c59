using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Teams;

namespace Atoll.Core.Ports.Service;

/// <summary>
/// Visits that an exposure let in, for as long as they last: those whose exposure is taken back, replaced by one that would not let them in, or over, end with it. Bounded by how many the server lets be open. Thread-safe.
/// </summary>
internal sealed class OpenVisits
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, HashSet<Held>> _open = [];
    private readonly SandboxDirectory _directory;
    private readonly TimeProvider _time;

    public OpenVisits(SandboxDirectory directory, TimeProvider time)
    {
        (_directory, _time) = (directory, time);
        directory.Replaced += Look;
    }

    public OpenVisit Open(SandboxId id, int port, AdmittedVisit visit)
    {
        Held held = new(port, visit.How, visit.How.ExpiresAt is { } end ? new(end, Over, _time) : new());
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out var visits)) _open[id] = visits = [];
            visits.Add(held);
        }

        // It may have been taken back since it was looked at.
        if (_directory.Find(id)?.Sandbox is { } sandbox) Look(sandbox);
        return new(held.Grant, () => Close(id, held));
    }

    private static Fault Over { get; } = new(
        FaultCode.NotFound, FaultSide.Caller, FaultStage.Lookup, "The port is no longer open to what let this request in.", "Have it exposed again, or ask for its new token.");

    private void Look(Sandbox sandbox)
    {
        List<Held> ending;
        lock (_lock)
        {
            if (!_open.TryGetValue(sandbox.Id, out var visits)) return;
            ending = [.. visits.Where(held => !LetsIn(sandbox.Spec.Ports?.GetValueOrDefault(held.Port), held.How))];
        }

        foreach (var held in ending) held.Grant.End(Over);
    }

    /// <summary>Whether who came by one exposure could come by another: it is public, or its token is the same one.</summary>
    private static bool LetsIn(ExposedPort? now, ExposedPort then) => now is not null && (now.Public || (now.TokenHash is { } hash && hash == then.TokenHash));

    private void Close(SandboxId id, Held held)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out var visits)) return;
            visits.Remove(held);
            if (visits.Count == 0) _open.Remove(id);
        }
    }

    private sealed class Held(int port, ExposedPort how, Grant grant)
    {
        public int Port => port;

        public ExposedPort How => how;

        public Grant Grant => grant;
    }
}
