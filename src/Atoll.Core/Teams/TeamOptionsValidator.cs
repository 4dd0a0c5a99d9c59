using Microsoft.Extensions.Options;

namespace Atoll.Core.Teams;

internal sealed class TeamOptionsValidator : IValidateOptions<TeamOptions>
{
    private const int Most = 100_000;

    public ValidateOptionsResult Validate(string? name, TeamOptions options)
    {
        List<string> errors = [];
        foreach (var (key, value) in new[] { (nameof(options.MaxTeams), options.MaxTeams), (nameof(options.MaxUsers), options.MaxUsers), (nameof(options.MaxKeys), options.MaxKeys) })
        {
            if (value is < 1 or > Most) errors.Add($"Teams:{key} must be 1 to {Most}.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
