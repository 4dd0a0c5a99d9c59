using System.Globalization;

namespace Atoll.Cli.Output;

/// <summary>Numbers and times as people read them.</summary>
internal static class Show
{
    public const string Nothing = "-";

    public static string Ago(DateTimeOffset? at, TimeProvider time) => at is { } moment ? Span(time.GetUtcNow() - moment) : Nothing;

    public static string Until(DateTimeOffset? at, TimeProvider time) => at is not { } moment ? "never" : moment <= time.GetUtcNow() ? "now" : Span(moment - time.GetUtcNow());

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalSeconds: < 120 } => Invariant($"{(int)span.TotalSeconds}s"),
        { TotalMinutes: < 120 } => Invariant($"{(int)span.TotalMinutes}m"),
        { TotalHours: < 48 } => Invariant($"{(int)span.TotalHours}h"),
        _ => Invariant($"{(int)span.TotalDays}d"),
    };

    public static string MiB(long mebibytes) => Bytes(mebibytes * 1024 * 1024);

    public static string Bytes(double bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1) (bytes, unit) = (bytes / 1024, unit + 1);
        return Invariant($"{bytes.ToString(unit == 0 || bytes >= 100 || bytes == Math.Floor(bytes) ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}");
    }

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Cores(double number) => Number(number) + (number == 1 ? " core" : " cores");

    public static string Time(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? Nothing;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
