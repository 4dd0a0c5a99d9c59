using Microsoft.Extensions.Options;

namespace Atoll.Machine.Storage;

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    // Below this mkfs.btrfs has no room for its own structures and a clone.
    private const long SmallestPool = 256L << 20;

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> wrong = [];
        if (options.Kind is not (StorageOptions.Auto or StorageOptions.Btrfs or StorageOptions.Overlay)) wrong.Add($"Storage:Kind is '{options.Kind}': auto, btrfs or overlay.");
        if (options.Quota is not (StorageOptions.Auto or "simple" or "full")) wrong.Add($"Storage:Quota is '{options.Quota}': auto, simple or full.");
        if (options.Device is { } device && !device.StartsWith("/dev/", StringComparison.Ordinal)) wrong.Add($"Storage:Device is '{device}': the path of a block device, /dev/...");
        if (options.InitialBytes < SmallestPool) wrong.Add($"Storage:InitialBytes is {options.InitialBytes}: at least {SmallestPool} (256 MiB).");
        if (options.MaxBytes < options.InitialBytes) wrong.Add($"Storage:MaxBytes is {options.MaxBytes}, which is less than Storage:InitialBytes ({options.InitialBytes}).");
        if (options.SpareClones is < 0 or > 64) wrong.Add($"Storage:SpareClones is {options.SpareClones}: 0 to 64.");
        if (options.ReserveBytes < 0) wrong.Add($"Storage:ReserveBytes is {options.ReserveBytes}: 0 or more.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
