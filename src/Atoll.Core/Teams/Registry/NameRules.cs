using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

/// <summary>Names of keys, teams and users. A team or user can be given by its name, so that may not look like an id nor break a path.</summary>
internal static class NameRules
{
    public const int MaxLength = 100;

    public static void Check(FieldErrors errors, string name)
    {
        if (name.Trim().Length == 0 || name.Length > MaxLength || name.Any(char.IsControl)) errors.Add("name", $"A name is 1 to {MaxLength} printable characters.");
    }

    /// <param name="idPrefix">With which ids of its kind begin.</param>
    public static void CheckUnique(FieldErrors errors, string name, string idPrefix)
    {
        Check(errors, name);
        if (name.StartsWith(idPrefix, StringComparison.Ordinal)) errors.Add("name", $"A name does not begin with '{idPrefix}', as ids do.");
        if (name.Contains('/') || name is "." or "..") errors.Add("name", "A name has no slash, and is not '.' or '..'.");
        if (name != name.Trim()) errors.Add("name", "A name does not begin or end with a space.");
    }
}
