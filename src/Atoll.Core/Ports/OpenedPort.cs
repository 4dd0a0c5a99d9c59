using Atoll.Core.Sandboxes;

namespace Atoll.Core.Ports;

/// <summary>A port that has just been exposed.</summary>
/// <param name="Token">Shown this once; null when the port is public.</param>
public sealed record OpenedPort(SandboxId Sandbox, int Port, ExposedPort How, string? Token);
