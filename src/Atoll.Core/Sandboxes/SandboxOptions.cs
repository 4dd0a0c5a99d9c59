namespace Atoll.Core.Sandboxes;

/// <summary>What sandboxes get and may take. Section <c>Sandboxes</c>.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Sandboxes";

    public SandboxDefaults Defaults { get; set; } = new();

    /// <summary>How many sandboxes may live here at one time. Default 0: one for each 64 MiB of the host's memory (an idle gVisor one takes about 46).</summary>
    public int MaxLiving { get; set; }

    /// <summary>How many suspended and stopped sandboxes there may be, beside those. Default 10,000: each takes a few KiB of the server's memory, and disk.</summary>
    public int MaxAtRest { get; set; } = 10_000;

    /// <summary>
    /// How long a sandbox that a fault has stopped (out of memory, a restart of the host) is kept for somebody to start it; then it is deleted. Default 86,400 (a day); 60 to 2,147,483,647,
    /// or 0: until somebody deletes it.
    /// </summary>
    public double KeepFaultedSeconds { get; set; } = 86_400;

    /// <summary>How long a call waits for the sandbox that it woke. Default 60 seconds; 1 to 600.</summary>
    public double WakeWaitSeconds { get; set; } = 60;

    /// <summary>How many keep-awake leases a sandbox may have at one time. Default 64; 1 to 1,000.</summary>
    public int MostLeases { get; set; } = 64;

    /// <summary>How many times the host's memory may be promised in sum. Default 4: most sandboxes use a small part of their limit.</summary>
    public double MemoryOvercommit { get; set; } = 4;

    /// <summary>A sandbox whose processes together use less than this many cores does nothing. Default 0.05: an idle agent and sentry measure below 0.01.</summary>
    public double IdleCores { get; set; } = 0.05;

    /// <summary>Over which time that is measured, at the end of the idle time. Default 5 seconds (half the idle time, where that is less).</summary>
    public double IdleProbeSeconds { get; set; } = 5;

    /// <summary>How often usage is sampled. Default 5 seconds; an hour of samples is kept, at most 720 for each sandbox.</summary>
    public double UsageIntervalSeconds { get; set; } = 5;

    /// <summary>How many ports of one sandbox may be exposed. Default 32.</summary>
    public int MaxPorts { get; set; } = 32;

    /// <summary>How many sandboxes are measured, or ended by the clock, at one time. Default 16.</summary>
    public int Parallelism { get; set; } = 16;
}
