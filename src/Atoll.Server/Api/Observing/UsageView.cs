using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Observing;

/// <summary>What a sandbox uses at one moment, as its host sees it.</summary>
internal sealed record UsageView(DateTimeOffset At, double CpuSeconds, long MemoryBytes, int Processes, long DiskBytes, long ReceivedBytes, long SentBytes)
{
    public static UsageView Of(SandboxUsage usage) =>
        new(usage.At, usage.CpuSeconds, usage.MemoryBytes, usage.Processes, usage.DiskBytes, usage.ReceivedBytes, usage.SentBytes);
}
