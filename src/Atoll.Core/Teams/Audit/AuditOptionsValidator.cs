using Microsoft.Extensions.Options;

namespace Atoll.Core.Teams.Audit;

internal sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        List<string> errors = [];
        if (options.Days < 1) errors.Add("Audit:Days must be at least 1.");
        if (options.Kept < 1) errors.Add("Audit:Kept must be at least 1.");
        if (options.QueueLength is < 1 or > 1_000_000) errors.Add("Audit:QueueLength must be 1 to 1000000.");
        if (!Path.IsPathFullyQualified(options.JournalFolder)) errors.Add("Audit:JournalFolder must be an absolute path.");
        if (options.PatienceMilliseconds is < 0 or > 10_000) errors.Add("Audit:PatienceMilliseconds must be 0 to 10000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
