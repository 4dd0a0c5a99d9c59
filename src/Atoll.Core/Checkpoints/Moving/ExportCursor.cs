using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Where a page of exports ended.</summary>
internal static class ExportCursor
{
    private const int MostLength = 200;

    public static string Of(StoredExport last) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks}.{last.Key}")));

    public static (DateTimeOffset At, string Key)? TryParse(string text)
    {
        if (text.Length > MostLength || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && ExportKeys.TryParse(parts[1]) is { } key
            ? (new(ticks, TimeSpan.Zero), key.Key.Value)
            : null;
    }
}
