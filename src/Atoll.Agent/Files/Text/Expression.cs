using System.Text.RegularExpressions;

namespace Atoll.Agent.Files.Text;

/// <summary>
/// Regular expressions that none can hang: without backtracking, the time grows with the text alone. What such an engine cannot do (look-around, back references)
/// and patterns that grow too large when written out are refused.
/// </summary>
internal static class Expression
{
    private const int MaxLength = 4096;

    public static Regex Parse(string pattern, bool ignoreCase)
    {
        if (pattern.Length > MaxLength) throw FileFailure.Invalid($"A regular expression has at most {MaxLength} characters");
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Multiline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(pattern, options, Regex.InfiniteMatchTimeout);
        }
        catch (RegexParseException failure)
        {
            throw FileFailure.Invalid($"The regular expression is not well formed at character {failure.Offset}: {failure.Error}");
        }
        catch (NotSupportedException)
        {
            throw FileFailure.Invalid("The regular expression needs backtracking (look-around, back references) or is too large when written out");
        }
    }
}
