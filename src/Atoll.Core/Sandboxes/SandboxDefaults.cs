namespace Atoll.Core.Sandboxes;

/// <summary>What a sandbox gets when the request does not say. Values beyond what the host has are lowered to it.</summary>
public sealed class SandboxDefaults
{
    /// <summary>Default <c>default</c>.</summary>
    public string Template { get; set; } = "default";

    /// <summary>Default gVisor.</summary>
    public IsolationKind Isolation { get; set; } = IsolationKind.GVisor;

    /// <summary>Cores. Default 1.</summary>
    public double Cpu { get; set; } = 1;

    /// <summary>Default 1024.</summary>
    public int MemoryMiB { get; set; } = 1024;

    /// <summary>Default 10240.</summary>
    public int DiskMiB { get; set; } = 10_240;

    /// <summary>Default 512.</summary>
    public int Processes { get; set; } = 512;

    /// <summary>Default 3600; 0 is never.</summary>
    public long TimeoutSeconds { get; set; } = 3600;

    /// <summary>Default 0: never.</summary>
    public long IdleSeconds { get; set; }
}
