namespace Atoll.Machine.Isolation;

/// <summary>A folder of the host that appears in a sandbox and in others too, without setuid programs and devices. Owners in it are the numbers that the sandbox sees.</summary>
/// <param name="Source">On the host; of this server's own making. What is in it is not trusted.</param>
/// <param name="Destination">Inside; absolute, with no <c>.</c>, <c>..</c> or empty part.</param>
internal sealed record MountedFolder(string Source, string Destination, bool ReadOnly);
