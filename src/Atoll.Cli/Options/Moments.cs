using System.CommandLine;
using System.Globalization;

namespace Atoll.Cli.Options;

/// <summary>Options that are a time: so long ago (<c>90s</c>, <c>15m</c>, <c>2h</c>, <c>7d</c>), or an RFC 3339 time.</summary>
internal static class Moments
{
    public static Option<DateTimeOffset?> Option(string name, string description, TimeProvider time) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0) return null;
            var text = result.Tokens[0].Value;
            if (text != "never" && Quantities.ParseSeconds(text) is { } ago && ago < TimeSpan.MaxValue.TotalSeconds / 2) return Before(time.GetUtcNow(), ago);
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
            result.AddError($"{name}: '{text}' is not a time such as 2h or 2026-01-31T12:00:00Z.");
            return null;
        },
    };

    // As long ago as there are dates, at most.
    private static DateTimeOffset Before(DateTimeOffset now, double seconds) => seconds > (now - DateTimeOffset.UnixEpoch).TotalSeconds ? DateTimeOffset.UnixEpoch : now.AddSeconds(-seconds);
}
