using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Warm;

/// <summary>A kind of sandbox of which some are always kept warm.</summary>
public sealed class WarmFloor
{
    /// <summary>Default: the default template.</summary>
    public string? Template { get; set; }

    /// <summary>Default: the default isolation.</summary>
    public IsolationKind? Isolation { get; set; }

    /// <summary>Cores; only gVisor needs to know. Default: the default size.</summary>
    public double? Cpu { get; set; }

    /// <summary>Only gVisor needs to know. Default: the default size.</summary>
    public int? MemoryMiB { get; set; }

    /// <summary>How many. Default 1.</summary>
    public int Count { get; set; } = 1;
}
