namespace Atoll.Core.Sandboxes;

/// <summary>What states have in common.</summary>
public static class SandboxStates
{
    /// <summary>Paused, suspended, stopped or archived: it lives, does nothing, and its time limit does not run.</summary>
    public static bool IsAsleep(this SandboxState state) => state is SandboxState.Paused || state.IsAtRest();

    /// <summary>Suspended, stopped or archived: it has neither processes nor memory, nor an address.</summary>
    public static bool IsAtRest(this SandboxState state) => state is SandboxState.Suspended or SandboxState.Stopped or SandboxState.Archived;

    /// <summary>It has not ended.</summary>
    public static bool IsLiving(this SandboxState state) => state is SandboxState.Creating or SandboxState.Running || state.IsAsleep();
}
