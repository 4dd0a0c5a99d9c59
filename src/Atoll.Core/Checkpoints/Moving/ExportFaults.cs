using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What a caller is told about an export that cannot be worked with.</summary>
internal static class ExportFaults
{
    public static Fault Invalid(string what) => new(
        FaultCode.ExportInvalid, FaultSide.Caller, FaultStage.Request, $"This export cannot be imported: {what} Nothing was kept.", "Export the checkpoint again, or copy the file again: what came is not what was exported.");

    public static Fault Version(int version) => new(
        FaultCode.ExportUnsupported, FaultSide.Caller, FaultStage.Request, $"This export is of version {version}, and this server reads version {ManifestReader.Version}.", "Import it with a server of the version that exported it, or a later one.");

    public static Fault UploadedMemory { get; } = new(
        FaultCode.NotSupported, FaultSide.Server, FaultStage.Request, "This server takes no saved memory (kind \"full\") from uploaded files, which anybody may have written.",
        "Export it to an object store that both servers have, and import it by its key; or have the operator set Exports:UploadedMemory.");

    public static Fault TooManyUploads { get; } = new(
        FaultCode.TooMany, FaultSide.Server, FaultStage.Admission, "As many files are being imported as this server takes at one time.", "Try again when one is through.");

    public static Fault NotExported(ObjectKey key) => new(
        FaultCode.ObjectNotFound, FaultSide.Caller, FaultStage.Lookup, $"This team has not exported '{key}' on this server, or has deleted it.",
        "List the exports to see their keys. One that a server before this feature made is known once its checkpoint is exported again.");

    public static Fault DeletedLater(Fault there) => there with { Detail = $"The export is forgotten here, and its manifest is deleted as soon as that can be: {there.Detail}" };

    public static Fault PlaceHeld { get; } = new(
        FaultCode.ObjectStoreUnavailable, FaultSide.Server, FaultStage.State, "Exports are under way that use what is to be freed.", "It is tried again when they are over.");

    public static Fault TooLarge(long most) => new(
        FaultCode.TooLarge, FaultSide.Caller, FaultStage.Request, $"An export may have at most {most} bytes of disk streams and memory here (option Exports:MostBytes).", "Delete what need not be moved, or ask the operator to raise the bound.");

    public static Fault MoreThanItsDisk(long most) => new(
        FaultCode.TooLarge, FaultSide.Caller, FaultStage.Request, $"This disk takes more as a stream ({most} bytes and more) than its limit lets it take here: files in it share their blocks many times over.",
        "Remove such files, make another checkpoint and export that; or export the checkpoints before it first.");

    public static Fault NotAKey(string key)
    {
        var fault = new Fault(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, $"'{(key.Length <= 80 ? key : key[..80] + "…")}' is no key of an export.", "Give the key that the export returned: exports/CHECKPOINT/DIGEST.");
        return fault with { Fields = fault.Fields.Add("key", fault.Detail) };
    }
}
