using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Storage.Memory;

internal static class ImageFaults
{
    // errno(3).
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const string Hint = "Nothing was changed. A disk fork of the checkpoint (kind \"disk\") does not need its memory.";

    public static Fault Gone(CheckpointId id) => new(
        FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Storage, $"The memory of checkpoint {id} is not on this node.", "List your checkpoints to see those that are; or fork it with kind \"disk\".");

    public static Fault Damaged(CheckpointId id, string what) => new(
        FaultCode.CheckpointDamaged, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} is not as it was saved: {what}.", Hint);

    public static Fault OtherVersion(CheckpointId id, string made, string here) => new(
        FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} was saved by '{made}', and this node has '{here}', which cannot read it.",
        "Install that version again, or use the checkpoint's disk: fork it with kind \"disk\".");

    /// <summary>Of one that is imported.</summary>
    public static Fault FromOtherVersion(CheckpointId origin, string made, string here) => new(
        FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {origin} was saved by '{made}', and this node has '{here}', which cannot read it. Nothing was kept.",
        "Import it on a node with that version; or export a checkpoint of kind \"disk\", which any node takes.");

    public static Fault Unsound(string what) => new(
        FaultCode.ExportInvalid, FaultSide.Caller, FaultStage.Storage, $"This export cannot be imported: of its memory, {what}. Nothing was kept.", "Export the checkpoint again, or copy the file again: what came is not what was exported.");

    public static Fault Unwritten(IOException failure) => HostShortage.Explain(failure) ?? (failure.HResult is NoSpace or OverQuota
        ? new(FaultCode.PoolNearlyFull, FaultSide.Host, FaultStage.Storage, $"The storage pool has no room for the memory: {failure.Message}", "Delete checkpoints or sandboxes, free space on the host's disk, or raise Storage:MaxBytes.")
        : StorageFaults.Host($"The memory could not be written: {failure.Message}"));

    public static Fault OtherFormat(CheckpointId id, int format) => new(
        FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} is kept in format {format}, which this server does not know.", "A newer server saved it: use that one.");
}
