namespace Atoll.Agent.Protocol.Framing;

/// <summary>How often a host says how far it has read: seldom enough to cost nothing, often enough that the process never waits for it.</summary>
public static class Acknowledgements
{
    /// <summary>The agent keeps this much at least of what a process writes.</summary>
    public const int LeastBacklog = 4 * 1024;

    private const int Most = 256 * 1024;

    /// <summary>Bytes of output, for a process whose backlog holds <paramref name="backlog"/>.</summary>
    public static int Every(int backlog) => Math.Min(Most, Math.Max(backlog, LeastBacklog) / 4);
}
