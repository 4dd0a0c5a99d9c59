namespace Atoll.Core.Volumes;

/// <summary>Bounds of volumes. Section <c>Volumes</c>.</summary>
public sealed class VolumeOptions
{
    public const string Section = "Volumes";

    /// <summary>The size of a volume that names none, in MiB. Default 10,240; 1 to <see cref="MostMiB"/>.</summary>
    public int DefaultMiB { get; set; } = 10_240;

    /// <summary>The largest size of a volume, in MiB. Default 1,048,576 (1 TiB); up to 1,073,741,824.</summary>
    public int MostMiB { get; set; } = 1_048_576;

    /// <summary>How many volumes a team may have, snapshots included. Default 1,000; 1 to 100,000.</summary>
    public int MostPerTeam { get; set; } = 1_000;

    /// <summary>How many volumes one sandbox may have mounted. Default 16; 1 to 64.</summary>
    public int MostPerSandbox { get; set; } = 16;
}
