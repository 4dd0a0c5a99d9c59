using System.Text.RegularExpressions;

namespace Atoll.Machine.Storage;

/// <summary>What a template may be called. It becomes a file name, so it must not be able to lead anywhere.</summary>
internal static partial class TemplateName
{
    public static bool IsValid(string name) => name.Length <= 128 && Form().IsMatch(name);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)?\z")]
    private static partial Regex Form();
}
