using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Which ports of a sandbox are exposed, changed in its turn: so no two changes lose each other, and the bound holds.</summary>
internal sealed class PortChanger(SandboxCommits commits, IOptions<SandboxOptions> options, TimeProvider time)
{
    public Task<Result<Sandbox>> ExposeAsync(Sandbox before, int port, ExposedPort how)
    {
        var ports = before.Spec.Ports ?? ImmutableDictionary<int, ExposedPort>.Empty;
        var most = options.Value.MaxPorts;
        if (!ports.ContainsKey(port) && ports.Count >= most) return Task.FromResult<Result<Sandbox>>(TooMany(before.Id, most));
        return commits.SaveAsync(before, With(before, ports.SetItem(port, how)), EventTypes.PortExposed, detail: Text(port) + (how.Public ? " public" : ""));
    }

    /// <param name="expired">Only if its time is up: it may have been exposed anew since that was seen.</param>
    public Task<Result<Sandbox>> CloseAsync(Sandbox before, int port, bool expired)
    {
        if (before.Spec.Ports?.GetValueOrDefault(port) is not { } how || (expired && how.IsOpen(time.GetUtcNow()))) return Task.FromResult<Result<Sandbox>>(NotExposed(before.Id, port));
        return commits.SaveAsync(before, With(before, before.Spec.Ports.Remove(port)), EventTypes.PortClosed, detail: Text(port) + (expired ? " expired" : ""));
    }

    private static Sandbox With(Sandbox sandbox, ImmutableDictionary<int, ExposedPort> ports) => sandbox with { Spec = sandbox.Spec with { Ports = ports.IsEmpty ? null : ports } };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static Fault NotExposed(SandboxId id, int port) => new(
        FaultCode.PortNotExposed, FaultSide.Caller, FaultStage.Lookup, $"Port {Text(port)} of sandbox {id} is not exposed.", "GET …/ports shows which are.");

    private static Fault TooMany(SandboxId id, int most) => new(
        FaultCode.QuotaExceeded, FaultSide.Caller, FaultStage.Admission,
        string.Create(CultureInfo.InvariantCulture, $"{most} ports of sandbox {id} are exposed, which is the most that may be."), "Close one that is not needed, or raise Sandboxes:MaxPorts.");
}
