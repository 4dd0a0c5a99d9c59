using System.Text.RegularExpressions;

namespace Atoll.Server.Ingress.Secrets;

/// <summary>Tells our keys and tokens from a sandbox's own: all of ours begin alike, whatever header they are put into.</summary>
internal static partial class OwnSecrets
{
    private const string Start = "atoll_";

    // Who encodes what is encoded already does it once or twice; a sandbox that is sent more cannot blame it on an accident.
    private const int MostDecoded = 3;

    public static bool AreIn(string? value) => value?.Contains(Start, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether a whole key or token of ours is anywhere in a text, percent-encoded or not.</summary>
    public static bool AreWholeIn(string text)
    {
        for (var round = 0; round <= MostDecoded; round++)
        {
            if (AreIn(text) && Whole().IsMatch(text)) return true;
            if (!text.Contains('%', StringComparison.Ordinal)) return false;
            text = Uri.UnescapeDataString(text);
        }

        return false;
    }

    /// <summary>The address that a request came from, without a token in its query; null where one is left.</summary>
    public static string? RefererWithout(string referer)
    {
        var mark = referer.IndexOf('?', StringComparison.Ordinal);
        var rest = mark < 0 ? referer : referer[..mark] + PortCookie.QueryWithout(referer[mark..]);
        return AreWholeIn(rest) ? null : rest;
    }

    [GeneratedRegex("atoll_(port_)?[0-9A-Za-z]{43}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
