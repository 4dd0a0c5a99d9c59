using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints;

internal sealed class CheckpointOptionsValidator : IValidateOptions<CheckpointOptions>
{
    private const int Million = 1_000_000;

    public ValidateOptionsResult Validate(string? name, CheckpointOptions options)
    {
        List<string> errors = [];
        if (options.MostPerTeam is < 1 or > Million) errors.Add("Checkpoints:MostPerTeam must be 1 to 1000000.");
        if (options.MostPaths is < 1 or > Million) errors.Add("Checkpoints:MostPaths must be 1 to 1000000.");
        if (options.ForksAtOnce is < 1 or > 100) errors.Add("Checkpoints:ForksAtOnce must be 1 to 100.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
