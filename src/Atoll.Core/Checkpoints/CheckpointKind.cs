namespace Atoll.Core.Checkpoints;

/// <summary>What a checkpoint holds.</summary>
public enum CheckpointKind
{
    /// <summary>The disk. The sandbox goes on running.</summary>
    Disk,

    /// <summary>
    /// The disk, memory and processes of one instant. The sandbox goes on running; its open TCP connections may be reset. Where its isolation cannot: <see cref="Faults.FaultCode.NotSupported"/>.
    /// </summary>
    Full,
}
