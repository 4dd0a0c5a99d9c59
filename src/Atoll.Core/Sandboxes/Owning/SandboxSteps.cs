namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Who knows how each step of a sandbox's life is done.</summary>
internal sealed record SandboxSteps(SandboxStarter Starter, SandboxChanger Changer, PortChanger Ports, CheckpointMaker Checkpoints, SandboxRestorer Restorer, SandboxSleeper Sleeper, SandboxFaulter Faulter, SandboxEnder Ender);
