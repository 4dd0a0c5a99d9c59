using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Objects;

namespace Atoll.Core.Sandboxes.Living;

/// <summary>A sandbox's disk on its way to or from the object store: how far it is, and the way to give it up.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without timer or wait handle owns nothing but memory.")]
internal sealed class DiskTransfer
{
    private readonly CancellationTokenSource _stop = new();

    public TransferProgress Progress { get; } = new();

    public CancellationToken Stopped => _stop.Token;

    public Task StopAsync() => _stop.CancelAsync();
}
