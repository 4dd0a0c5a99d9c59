using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Storage.Memory;

internal static class ImageFaults
{
    private const string Hint = "Nothing was changed. A disk fork of the checkpoint (kind \"disk\") does not need its memory.";

    public static Fault Gone(CheckpointId id) => new(
        FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Storage, $"The memory of checkpoint {id} is not on this node.", "List your checkpoints to see those that are; or fork it with kind \"disk\".");

    public static Fault Damaged(CheckpointId id, string what) => new(
        FaultCode.CheckpointDamaged, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} is not as it was saved: {what}.", Hint);

    public static Fault OtherVersion(CheckpointId id, string made, string here) => new(
        FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} was saved by '{made}', and this node has '{here}', which cannot read it.",
        "Install that version again, or use the checkpoint's disk: fork it with kind \"disk\".");

    public static Fault OtherFormat(CheckpointId id, int format) => new(
        FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} is kept in format {format}, which this server does not know.", "A newer server saved it: use that one.");
}
