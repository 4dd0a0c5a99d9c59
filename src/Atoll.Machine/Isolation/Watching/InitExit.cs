namespace Atoll.Machine.Isolation.Watching;

/// <summary>How a sandbox's <see cref="RunningInit"/> ended.</summary>
/// <param name="OutOfMemory">The memory limit has killed something in this sandbox around its end, and this process did not end well (or how it ended is not known).</param>
/// <param name="Detail">For people.</param>
internal sealed record InitExit(bool OutOfMemory, string Detail);
