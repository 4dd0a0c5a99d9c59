using Microsoft.Extensions.Options;

namespace Atoll.Core.Volumes;

internal sealed class VolumeOptionsValidator : IValidateOptions<VolumeOptions>
{
    private const int Largest = 1 << 30;

    public ValidateOptionsResult Validate(string? name, VolumeOptions options)
    {
        List<string> errors = [];
        if (options.MostMiB is < 1 or > Largest) errors.Add($"Volumes:MostMiB must be 1 to {Largest}.");
        if (options.DefaultMiB < 1 || options.DefaultMiB > options.MostMiB) errors.Add("Volumes:DefaultMiB must be 1 to Volumes:MostMiB.");
        if (options.MostPerTeam is < 1 or > 100_000) errors.Add("Volumes:MostPerTeam must be 1 to 100000.");
        if (options.MostPerSandbox is < 1 or > 64) errors.Add("Volumes:MostPerSandbox must be 1 to 64.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
