using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Who runs processes, and where. Only the form: whether they exist, the sandbox knows.</summary>
internal static partial class UserRules
{
    private const int MaxPathBytes = 4095;

    public static void CheckUser(FieldErrors errors, string user)
    {
        if (!Name().IsMatch(user) && !IsNumeric(user))
        {
            errors.Add("user", "A user is a name (letters, digits, '_', '-', '.', at most 32), or uid or uid:gid, each 0 to 2147483647.");
        }
    }

    public static void CheckDirectory(FieldErrors errors, string path)
    {
        if (!path.StartsWith('/')) errors.Add("workdir", "The working directory must be an absolute path.");
        else if (EnvironmentRules.HasNul(path) || !EnvironmentRules.IsText(path)) errors.Add("workdir", "The working directory must be text without NUL.");
        else if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) errors.Add("workdir", $"The working directory may have at most {MaxPathBytes} bytes.");
    }

    // Ids above 2^31-1 wrapped to root in other runtimes (CVE-2024-40635).
    private static bool IsNumeric(string user) =>
        user.Split(':') is { Length: 1 or 2 } ids && ids.All(id => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
