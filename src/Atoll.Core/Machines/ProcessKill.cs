using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>A process of a sandbox was ended because the sandbox had no memory left; the sandbox goes on.</summary>
/// <param name="Pid">As inside; null where the host's kernel took it, which does not say which.</param>
/// <param name="Command">The name of its program; what runs inside can choose it.</param>
public sealed record ProcessKill(SandboxId Id, int? Pid, string? Command);
