namespace Atoll.Machine.Hosting;

/// <summary>Where this installation lives on the host. Section <c>Machine</c>.</summary>
public sealed class MachineOptions
{
    public const string Section = "Machine";

    /// <summary>
    /// This installation's name: the first part of every interface, namespace, cgroup and rule it makes, so that two installations (or a test run) on one host
    /// never touch each other's. 1 to 8 lower-case letters or digits, a letter first. Default <c>atoll</c>.
    /// </summary>
    public string Instance { get; set; } = "atoll";

    /// <summary>What must survive a restart of the host: database, pool, templates. Default <c>/var/lib/atoll</c>.</summary>
    public string StateDirectory { get; set; } = "/var/lib/atoll";

    /// <summary>What a restart of the host may clear: bundles, run-time state. Default <c>/run/atoll</c>.</summary>
    public string RuntimeDirectory { get; set; } = "/run/atoll";

    /// <summary>The agent's binary, as built. Default: <c>agent/atoll-agent</c> beside the server's own folder.</summary>
    public string AgentPath { get; set; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "agent", "atoll-agent"));

    /// <summary>The program that stands in for sudo in sandboxes whose kernel knows no set-user-ID programs. Default: <c>atoll-sudo</c> in the server's folder.</summary>
    public string SudoPath { get; set; } = Path.Combine(AppContext.BaseDirectory, "atoll-sudo");

    /// <summary>How many sandboxes may be on their way up from nothing at one time; more wait for their turn. Default 0: two for each core; at most 256.</summary>
    public int StartsAtOnce { get; set; }

    /// <summary>
    /// What all sandboxes together weigh against one process of the host (or one service, with systemd) when there is not enough processor time for both, in percent of the usual. What the host does
    /// not want they have all the same. Default 10, with which the server was never kept waiting; 1 to 100, the last being as much as anybody.
    /// </summary>
    public int SandboxWeight { get; set; } = 10;
}
