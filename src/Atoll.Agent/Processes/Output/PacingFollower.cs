namespace Atoll.Agent.Processes.Output;

/// <summary>A follower that a paced process waits for: nothing from its offset on is overwritten.</summary>
internal sealed class PacingFollower
{
    public required long Offset { get; set; }
}
