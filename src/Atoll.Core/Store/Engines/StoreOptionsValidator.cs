using Microsoft.Extensions.Options;

namespace Atoll.Core.Store.Engines;

internal sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(options.ConnectionString)) errors.Add("Store:ConnectionString must not be empty.");
        else if (Mistake(options) is { } mistake) errors.Add($"Store:ConnectionString cannot be read: {mistake}");
        if (options.BusyTimeoutSeconds is < 1 or > 60) errors.Add("Store:BusyTimeoutSeconds must be 1 to 60.");
        Positive(options.EndedSandboxDays, nameof(options.EndedSandboxDays));
        Positive(options.EndedSandboxesKept, nameof(options.EndedSandboxesKept));
        Positive(options.EventDays, nameof(options.EventDays));
        Positive(options.EventsKept, nameof(options.EventsKept));
        Positive(options.IdempotencyHours, nameof(options.IdempotencyHours));
        Positive(options.CleanMinutes, nameof(options.CleanMinutes));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(int value, string key)
        {
            if (value < 1) errors.Add($"Store:{key} must be at least 1.");
        }
    }

    /// <summary>What is wrong with the text, without the text: it may hold a password.</summary>
    private static string? Mistake(StoreOptions options)
    {
        if (options.ConnectionString.Contains("://", StringComparison.Ordinal)) return "it is a URL; PostgreSQL's is written Host=…;Database=…;Username=…;Password=….";
        try
        {
            _ = StoreEngines.For(options);
            return null;
        }
        catch (ArgumentException mistake)
        {
            return mistake.Message;
        }
    }
}
