using System.Collections.Frozen;
using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>The kinds of isolation and what of them works on this host. <see cref="ProbeAsync"/> once, before anything is asked for.</summary>
internal sealed partial class SandboxRuntimes(
    [FromKeyedServices(IsolationKind.GVisor)] ISandboxRuntime gvisor,
    [FromKeyedServices(IsolationKind.Container)] ISandboxRuntime container,
    ILogger<SandboxRuntimes> log)
{
    private readonly FrozenDictionary<IsolationKind, ISandboxRuntime> _runtimes = new[] { gvisor, container }.ToFrozenDictionary(runtime => runtime.Kind);

    public ImmutableArray<IsolationSupport> Support { get; private set; } = [];

    /// <summary>Every kind, whether it works or not: what a broken one left must still be found and removed.</summary>
    public IEnumerable<ISandboxRuntime> All => _runtimes.Values;

    public ISandboxRuntime this[IsolationKind kind] => _runtimes[kind];

    /// <summary>The version line of the program behind it; empty where there is none.</summary>
    public string VersionOf(IsolationKind kind) => Support.FirstOrDefault(support => support.Kind == kind)?.Runtime ?? "";

    public async Task ProbeAsync(CancellationToken cancellation) =>
        Support = [.. await Task.WhenAll(_runtimes.Values.OrderBy(runtime => runtime.Kind).Select(runtime => TryAsync(runtime, cancellation)))];

    public Result<ISandboxRuntime> Find(IsolationKind kind) =>
        Support.FirstOrDefault(support => support.Kind == kind) is { Available: true }
            ? Result.Of(_runtimes[kind])
            : new Fault(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation,
                $"Isolation '{kind.ToString().ToLowerInvariant()}' cannot be used on this host: {Support.FirstOrDefault(support => support.Kind == kind)?.Missing ?? "not probed yet"}",
                "Ask for another isolation, or mend what `atoll doctor` names.");

    /// <summary>A trial that fails in a way that nobody thought of costs that isolation, and neither the other one nor the server.</summary>
    private async Task<IsolationSupport> TryAsync(ISandboxRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            return await runtime.ProbeAsync(cancellation) with { MemoryMissing = runtime.MemoryMissing };
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNotTried(log, runtime.Kind, failure);
            return new IsolationSupport(runtime.Kind, null, $"Trying it failed: {failure.Message}") { MemoryMissing = runtime.MemoryMissing };
        }
    }

    [LoggerMessage(2062, LogLevel.Error, "Isolation {Kind} could not be tried, and is not used until the server is started again.")]
    private static partial void LogNotTried(ILogger log, IsolationKind kind, Exception failure);
}
