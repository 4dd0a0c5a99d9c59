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

    /// <summary>How many runtimes may be starting a sandbox at one time, each with a thread of its own; more wait. Default 16.</summary>
    public int MaxConcurrentStarts { get; set; } = 16;

    /// <summary>After this a start is given up. Default 30 s: a hundred times what it takes.</summary>
    public TimeSpan StartTimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a runtime may take to show that it works here. Default 15 s.</summary>
    public TimeSpan ProbeTimeLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long killed processes may take to be gone. Default 20 s: freeing the memory of a large sandbox takes seconds on a busy host.</summary>
    public TimeSpan RemoveTimeLimit { get; set; } = TimeSpan.FromSeconds(20);
}
