namespace Atoll.Client.Processes;

public enum OutputKind
{
    Stdout,
    Stderr,

    /// <summary>Output of a process with a terminal.</summary>
    Terminal,

    /// <summary>No bytes: so many are no longer kept and will not come.</summary>
    Lost,
}
