namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>What a runtime sees otherwise than the host has it, in a mount namespace of its own while it starts a sandbox.</summary>
/// <param name="Hidden">Covered with an empty folder.</param>
/// <param name="Executable">A folder whose programs may be run, though it lies on a file system mounted without exec.</param>
internal sealed record HostView(string? Hidden, string? Executable)
{
    /// <summary>The host as it is.</summary>
    public static HostView AsIs { get; } = new(null, null);
}
