using Atoll.Client.Sandboxes;

namespace Atoll.Client.Checkpoints;

/// <summary>One of a fork: either it runs, or why not.</summary>
public sealed record ForkOutcome(SandboxInfo? Sandbox, ForkError? Error);
