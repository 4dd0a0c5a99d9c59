using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Volumes;

/// <summary>What a caller is told about a volume that cannot be worked with.</summary>
internal static class VolumeFaults
{
    private const int MostNamed = 10;

    public static Fault NotFound(string volume) => new(
        FaultCode.VolumeNotFound, FaultSide.Caller, FaultStage.Lookup, $"There is no volume '{(volume.Length <= 80 ? volume : volume[..80] + "…")}'.", "List your volumes to see their ids and names.");

    public static Fault NameTaken(string? name) => new(FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"A volume is named '{name}'.", "Choose another name, or delete or rename that one first.");

    public static Fault InUse(Volume volume, IReadOnlyCollection<SandboxId> users, string hint) => new(
        FaultCode.VolumeInUse, FaultSide.Caller, FaultStage.State,
        $"Volume {volume.Id} is mounted in {string.Join(", ", users.Select(user => user.Value).Order(StringComparer.Ordinal).Take(MostNamed))}{(users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "")}.", hint);

    /// <summary>What an upload into it, or other work from outside, ends with.</summary>
    public static Fault MountedMeanwhile(VolumeId volume, SandboxId user) => new(
        FaultCode.VolumeInUse, FaultSide.Caller, FaultStage.State, $"Volume {volume} was mounted in {user} while this was under way; nothing was written.", "Work with its files through that sandbox.");

    public static Fault DeletedMeanwhile(VolumeId volume) => new(
        FaultCode.VolumeNotFound, FaultSide.Caller, FaultStage.Lookup, $"Volume {volume} was deleted while this was under way.", "List your volumes to see their ids and names.");

    public static Fault Busy(Volume volume) => new(FaultCode.VolumeInUse, FaultSide.Caller, FaultStage.State, $"Volume {volume.Id} is being changed or deleted.", "Try again in a moment.");

    public static Fault Snapshot(Volume volume) => new(
        FaultCode.VolumeReadOnly, FaultSide.Caller, FaultStage.State, $"Volume {volume.Id} is a snapshot, which never changes.", "Make a clone of it, and change that.");

    public static Fault NoQuota { get; } = new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Storage, "This node's storage (overlay) cannot limit a volume.", "Leave sizeMiB out; or use a kernel with btrfs: `atoll doctor` says what is missing.");
}
