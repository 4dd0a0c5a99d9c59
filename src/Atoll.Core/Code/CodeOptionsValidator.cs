using Microsoft.Extensions.Options;

namespace Atoll.Core.Code;

internal sealed class CodeOptionsValidator : IValidateOptions<CodeOptions>
{
    public ValidateOptionsResult Validate(string? name, CodeOptions options)
    {
        List<string> errors = [];
        Check(options.Prewarm.All(word => CodeLanguages.TryParse(word, out _)), $"Prewarm must name languages out of: {CodeLanguages.All}.");
        Check(options.MaxContexts is >= 1 and <= 1000, "MaxContexts must be 1 to 1000.");
        Check(options.QueueLength is >= 0 and <= 10_000, "QueueLength must be 0 to 10000.");
        Check(options.MaxCodeBytes is >= 1 and <= 8 * 1024 * 1024, "MaxCodeBytes must be 1 to 8388608.");
        Check(options.MaxResultBytes is >= 1024 and <= 256 * 1024 * 1024, "MaxResultBytes must be 1024 to 268435456.");
        Check(options.MaxResults is >= 1 and <= 100_000, "MaxResults must be 1 to 100000.");
        Check(options.MaxResultsBytes is >= 1024 and <= 1024 * 1024 * 1024, "MaxResultsBytes must be 1024 to 1073741824.");
        Check(options.MaxTimeoutSeconds is > 0 and <= 365 * 24 * 3600, "MaxTimeoutSeconds must be above 0 and at most a year.");
        Check(options.TimeoutSeconds > 0 && options.TimeoutSeconds <= options.MaxTimeoutSeconds, "TimeoutSeconds must be above 0 and at most MaxTimeoutSeconds.");
        Check(options.InterruptGraceSeconds is >= 0.1 and <= 600, "InterruptGraceSeconds must be 0.1 to 600.");
        Check(options.StartSeconds is >= 1 and <= 600, "StartSeconds must be 1 to 600.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add($"Code:{error}");
        }
    }
}
