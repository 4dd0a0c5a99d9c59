using System.Collections.Frozen;
using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Machine.Sandboxes;

/// <summary>The kinds of isolation and what of them works on this host. <see cref="ProbeAsync"/> once, before anything is asked for.</summary>
internal sealed class SandboxRuntimes(
    [FromKeyedServices(IsolationKind.GVisor)] ISandboxRuntime gvisor,
    [FromKeyedServices(IsolationKind.Container)] ISandboxRuntime container)
{
    private readonly FrozenDictionary<IsolationKind, ISandboxRuntime> _runtimes = new[] { gvisor, container }.ToFrozenDictionary(runtime => runtime.Kind);

    public ImmutableArray<IsolationSupport> Support { get; private set; } = [];

    /// <summary>Every kind, whether it works or not: what a broken one left must still be found and removed.</summary>
    public IEnumerable<ISandboxRuntime> All => _runtimes.Values;

    public ISandboxRuntime this[IsolationKind kind] => _runtimes[kind];

    /// <summary>The version line of the program behind it; empty where there is none.</summary>
    public string VersionOf(IsolationKind kind) => Support.FirstOrDefault(support => support.Kind == kind)?.Runtime ?? "";

    public async Task ProbeAsync(CancellationToken cancellation) =>
        Support = [.. await Task.WhenAll(_runtimes.Values.OrderBy(runtime => runtime.Kind).Select(async runtime => await runtime.ProbeAsync(cancellation) with { MemoryMissing = runtime.MemoryMissing }))];

    public Result<ISandboxRuntime> Find(IsolationKind kind) =>
        Support.FirstOrDefault(support => support.Kind == kind) is { Available: true }
            ? Result.Of(_runtimes[kind])
            : new Fault(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation,
                $"Isolation '{kind.ToString().ToLowerInvariant()}' cannot be used on this host: {Support.FirstOrDefault(support => support.Kind == kind)?.Missing ?? "not probed yet"}",
                "Ask for another isolation, or mend what `atoll doctor` names.");
}
