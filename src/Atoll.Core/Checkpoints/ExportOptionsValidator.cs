using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints;

internal sealed class ExportOptionsValidator : IValidateOptions<ExportOptions>
{
    public ValidateOptionsResult Validate(string? name, ExportOptions options)
    {
        List<string> errors = [];
        if (options.PartBytes is < 1 << 20 or > 64 << 20) errors.Add("Exports:PartBytes must be 1048576 (1 MiB) to 67108864 (64 MiB).");
        if (options.MostBytes is < 1 << 20 or > 16L << 40) errors.Add("Exports:MostBytes must be 1048576 (1 MiB) to 17592186044416 (16 TiB).");
        if (options.MostEntries is < 1000 or > 1_000_000_000) errors.Add("Exports:MostEntries must be 1000 to 1000000000.");
        if (options.MostLayers is < 1 or > 256) errors.Add("Exports:MostLayers must be 1 to 256.");
        if (options.AtOnce is < 1 or > 32) errors.Add("Exports:AtOnce must be 1 to 32.");
        if (options.Level is < 1 or > 19) errors.Add("Exports:Level must be 1 to 19.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
