using System.CommandLine;
using System.Globalization;

namespace Atoll.Cli.Options;

/// <summary>Options that are an amount: sizes in MiB (<c>512</c>, <c>512m</c>, <c>2g</c>) and times in seconds (<c>90</c>, <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>, <c>never</c>).</summary>
internal static class Quantities
{
    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result => Parse(result, name, ParseMiB, "a size such as 512m or 2g"),
    };

    public static Option<double?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result => Parse(result, name, ParseSeconds, "a time such as 90s, 15m, 2h or never"),
    };

    public static long? ParseMiB(string text)
    {
        var (number, unit) = Split(text);
        long? factor = unit switch { "" or "m" or "mb" or "mib" => 1, "g" or "gb" or "gib" => 1024, "t" or "tb" or "tib" => 1024 * 1024, _ => null };
        return number is { } value && factor is { } mebibytes && value * mebibytes is var size && size >= 1 && size < long.MaxValue / 2 ? (long)size : null;
    }

    public static double? ParseSeconds(string text)
    {
        if (text is "never") return 0;
        var (number, unit) = Split(text);
        double? factor = unit switch { "" or "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => null };
        return number * factor;
    }

    private static (double? Number, string Unit) Split(string text)
    {
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? (number, text[end..].ToLowerInvariant()) : (null, "");
    }

    private static T? Parse<T>(System.CommandLine.Parsing.ArgumentResult result, string name, Func<string, T?> parse, string form)
        where T : struct
    {
        if (result.Tokens.Count == 0) return null;
        var value = parse(result.Tokens[0].Value);
        if (value is null) result.AddError($"{name}: '{result.Tokens[0].Value}' is not {form}.");
        return value;
    }
}
