using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Metering;

internal sealed class UsageOptionsValidator : IValidateOptions<UsageOptions>
{
    private const decimal Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, UsageOptions options)
    {
        List<string> errors = [];
        Check(options.SaveSeconds is >= 1 and <= 600, "SaveSeconds must be 1 to 600.");
        Check(options.RetentionDays is >= 1 and <= 36_500, "RetentionDays must be 1 to 36500.");
        Check(options.RowsKept >= 1, "RowsKept must be at least 1.");
        var rates = options.Rates;
        Check(rates.Currency.Length is >= 1 and <= 16 && rates.Currency.All(char.IsAsciiLetterOrDigit), "Rates:Currency must be 1 to 16 letters or digits.");
        Check(IsPrice(rates.CpuSecond), "Rates:CpuSecond must be 0 to 1000000.");
        Check(IsPrice(rates.MemoryGiBSecond), "Rates:MemoryGiBSecond must be 0 to 1000000.");
        Check(IsPrice(rates.DiskGiBSecond), "Rates:DiskGiBSecond must be 0 to 1000000.");
        Check(IsPrice(rates.EgressGiB), "Rates:EgressGiB must be 0 to 1000000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add($"Usage:{error}");
        }

        static bool IsPrice(decimal price) => price is >= 0 and <= Most;
    }
}
