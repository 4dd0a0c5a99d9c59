namespace Atoll.Machine.Isolation;

/// <summary>The runtimes behind the kinds of isolation. Section <c>Isolation</c>.</summary>
public sealed class IsolationOptions
{
    public const string Section = "Isolation";

    /// <summary>gVisor's program: an absolute path, or a name that is looked for in PATH and the sbin folders. Default <c>runsc</c>.</summary>
    public string RunscPath { get; set; } = "runsc";

    /// <summary>More flags for every <c>runsc</c> call, such as <c>--platform=kvm</c> on bare metal. They come after ours and win. Default none.</summary>
    public IList<string> RunscFlags { get; set; } = [];

    /// <summary>The OCI runtime for <c>container</c>: an absolute path, or a name that is looked for in PATH and the sbin folders. Default <c>runc</c>.</summary>
    public string RuncPath { get; set; } = "runc";

    /// <summary>
    /// What starts <c>container</c> sandboxes: <c>builtin</c>, our own launcher (ten times as fast, and root inside is nobody outside), or <c>runc</c>. Default <c>builtin</c>; where
    /// the host lacks what it needs, <c>runc</c> is used and /v1/info says why.
    /// </summary>
    public ContainerLauncher ContainerLauncher { get; set; } = ContainerLauncher.Builtin;

    /// <summary>Our own launcher's program. Default: <c>atoll-launcher</c> beside the server's.</summary>
    public string LauncherPath { get; set; } = Path.Combine(AppContext.BaseDirectory, "atoll-launcher");

    /// <summary>
    /// The host's user and group id that root of the first sandbox is; each sandbox has 65536 from there on. Default 1879048192 (0x70000000): above what systemd gives to containers
    /// (UIDS-GIDS.md), below 2^31. Nobody else on the host may have ids in it.
    /// </summary>
    public uint FirstUid { get; set; } = 0x7000_0000;

    /// <summary>How many such ranges there are, so how many <c>container</c> sandboxes at one time. Default 4096: up to 2^31.</summary>
    public int UidRanges { get; set; } = 4096;

    /// <summary>How many runtimes may be starting a sandbox at one time, each with a thread of its own; more wait. Default 16.</summary>
    public int MaxConcurrentStarts { get; set; } = 16;

    /// <summary>How late the timers of a <c>gvisor</c> sandbox may be in which nothing happens. Default 10 ms; 0 keeps them exact, at 2 % of a core for each sandbox; at most 1 s.</summary>
    public TimeSpan IdleTimerSlack { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>After this a start is given up. Default 30 s: a hundred times what it takes.</summary>
    public TimeSpan StartTimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long saving a sandbox's memory, or starting it from there, may take. Default 10 min: a gigabyte takes seconds.</summary>
    public TimeSpan MemoryTimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many <c>gvisor</c> sandboxes at most wait created and empty (13 MB each) for a saved memory, so that a restore, fork or wake takes half as long. There are as many as were asked for at
    /// once within <see cref="VesselMemory"/>, none before a first memory is saved. Default 10; 0: none, at most 100.
    /// </summary>
    public int Vessels { get; set; } = 10;

    /// <summary>For how long a saved or restored memory has vessels kept for others like it. Default 1 h, at most 24 h.</summary>
    public TimeSpan VesselMemory { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a runtime may take to show that it works here. Default 15 s.</summary>
    public TimeSpan ProbeTimeLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long killed processes may take to be gone. Default 20 s: freeing the memory of a large sandbox takes seconds on a busy host.</summary>
    public TimeSpan RemoveTimeLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a sandbox's processes may take to stand still for a checkpoint; then it is given up, and they go on. Default 5 s: five hundred times what it takes on a quiet host; on a busy one each thread waits for its turn on a processor first.</summary>
    public TimeSpan FreezeTimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
