using System.Text.RegularExpressions;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Requests;

internal static partial class NameRules
{
    public static void Check(FieldErrors errors, string name)
    {
        if (!Name().IsMatch(name))
        {
            errors.Add("name", "A name is 1 to 63 lower-case letters, digits and '-', with no '-' at either end.");
        }
        else if (SandboxId.TryParse(name, out _))
        {
            errors.Add("name", "This has the form of a sandbox id ('s' and 20 letters or digits), which a name must not have.");
        }
    }

    // A DNS label: names become part of host names. \z, as $ would let a newline pass.
    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
