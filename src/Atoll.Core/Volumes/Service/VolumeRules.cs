using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Requests;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Volumes.Service;

/// <summary>What a caller may write. Every mistake at once.</summary>
internal sealed class VolumeRules(IVolumeDisks disks, IOptions<VolumeOptions> options)
{
    /// <returns>The size that it gets, in MiB.</returns>
    public Result<int> Check(VolumeRequest request, int? otherwise = null)
    {
        FieldErrors errors = new();
        if (request.Name is { } name) CheckName(errors, name);
        var size = Size(errors, request.SizeMiB, otherwise ?? (disks.HasQuotas ? options.Value.DefaultMiB : 0));
        return errors.ToFault() is { } fault ? fault : size;
    }

    public Fault? Check(VolumeUpdate update)
    {
        FieldErrors errors = new();
        if (update.Name is { Length: > 0 } name) CheckName(errors, name);
        _ = Size(errors, update.SizeMiB, 0);
        return errors.ToFault();
    }

    public static Fault? CheckSnapshot(VolumeRequest request)
    {
        FieldErrors errors = new();
        if (request.Name is { } name) CheckName(errors, name);
        if (request.SizeMiB is not null) errors.Add("sizeMiB", "Nothing can be written to a snapshot: leave it out.");
        return errors.ToFault();
    }

    private int Size(FieldErrors errors, long? asked, int otherwise)
    {
        if (asked is not { } size) return otherwise;
        if (!disks.HasQuotas) errors.Add("sizeMiB", VolumeFaults.NoQuota);
        else if (size < 1 || size > options.Value.MostMiB) errors.Add("sizeMiB", $"Must be 1 to {options.Value.MostMiB} (option Volumes:MostMiB).");
        else return (int)size;
        return otherwise;
    }

    private static void CheckName(FieldErrors errors, string name)
    {
        NameRules.Check(errors, name);
        if (VolumeId.TryParse(name, out _)) errors.Add("name", "This has the form of a volume id ('v' and 20 letters or digits), which a name must not have.");
    }
}
