using System.Globalization;
using System.Text.RegularExpressions;

namespace Atoll.Bench.Http;

/// <summary>The spans of a request, which the server names when it is asked to.</summary>
internal static class ServerTiming
{
    /// <summary>Asks for them.</summary>
    public const string Wanted = "X-Atoll-Trace: 1\r\n";

    /// <summary>Milliseconds of a span in an answer's head. Throws an <see cref="ApiFailure"/> when there is none of that name.</summary>
    public static double Of(string head, string name)
    {
        var found = Regex.Match(head, $@"(?i)^server-timing:.*\b{Regex.Escape(name)};dur=([0-9.]+)", RegexOptions.Multiline);
        return found.Success ? double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new ApiFailure($"The server's answer has no span '{name}': {head}");
    }
}
