using System.Collections.Immutable;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Requests;

internal static class MetadataRules
{
    private const int MaxEntries = 64;
    private const int MaxKey = 63;
    private const int MaxValue = 1024;

    public static void Check(FieldErrors errors, ImmutableDictionary<string, string> metadata)
    {
        if (metadata.Count > MaxEntries) errors.Add("metadata", $"At most {MaxEntries} entries; there are {metadata.Count}.");
        foreach (var (key, value) in metadata)
        {
            if (key.Length is 0 or > MaxKey || key.Any(char.IsControl) || !EnvironmentRules.IsText(key))
            {
                errors.Add("metadata", $"A key is 1 to {MaxKey} printable characters.");
            }
            else if (value is null || value.Length > MaxValue || EnvironmentRules.HasNul(value) || !EnvironmentRules.IsText(value))
            {
                errors.Add("metadata", $"The value of '{key}' must be text of at most {MaxValue} characters without NUL.");
            }
        }
    }
}
