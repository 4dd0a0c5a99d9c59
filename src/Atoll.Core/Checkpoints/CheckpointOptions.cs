namespace Atoll.Core.Checkpoints;

/// <summary>Bounds of checkpoints. Section <c>Checkpoints</c>.</summary>
public sealed class CheckpointOptions
{
    public const string Section = "Checkpoints";

    /// <summary>How many checkpoints a team may have. Default 10,000; 1 to 1,000,000.</summary>
    public int MostPerTeam { get; set; } = 10_000;

    /// <summary>How many paths one comparison names at most. Default 10,000; 1 to 1,000,000. A path is some 200 bytes of a reply.</summary>
    public int MostPaths { get; set; } = 10_000;

    /// <summary>How many sandboxes of one fork are started at one time. Default 8; 1 to 100.</summary>
    public int ForksAtOnce { get; set; } = 8;
}
