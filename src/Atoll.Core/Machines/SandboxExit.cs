using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>A sandbox's process 1 ended though nobody asked for it.</summary>
/// <param name="Reason"><see cref="EndReason.OutOfMemory"/> when the memory limit killed it, else <see cref="EndReason.AgentDied"/>.</param>
/// <param name="Detail">For people: what is known about it.</param>
public sealed record SandboxExit(SandboxId Id, EndReason Reason, string Detail);
