using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>What a caller is told about a checkpoint that cannot be worked with.</summary>
internal static class CheckpointFaults
{
    public static Fault NoMemory(Checkpoint checkpoint)
    {
        FieldErrors errors = new();
        errors.Add("kind", $"Checkpoint {checkpoint.Id} holds the disk alone: only one that was made with kind 'full' can be forked with its memory.");
        return errors.ToFault()!;
    }

    public static Fault NotFound(string checkpoint) => new(
        FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Lookup, $"There is no checkpoint '{(checkpoint.Length <= 80 ? checkpoint : checkpoint[..80] + "…")}'.", "List the checkpoints to see their ids and names.");

    public static Fault NameTaken(string? name) => new(
        FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"A checkpoint of this sandbox is named '{name}'.", "Choose another name, or delete that one first.");

    public static Fault WrongIsolation(Checkpoint checkpoint, SandboxSpec spec) => new(
        FaultCode.CheckpointMismatch, FaultSide.Caller, FaultStage.Request,
        $"Checkpoint {checkpoint.Id} was made of a '{IsolationNames.Of(checkpoint.Spec.Isolation)}' sandbox, and this one is '{IsolationNames.Of(spec.Isolation)}'.",
        "Fork the checkpoint instead: a fork has the isolation it was made with.");

    public static Fault OtherVolumes(Checkpoint checkpoint) => new(
        FaultCode.CheckpointMismatch, FaultSide.Caller, FaultStage.Request, $"Checkpoint {checkpoint.Id} holds memory with other volumes than this sandbox has.", "Fork the checkpoint instead.");
}
