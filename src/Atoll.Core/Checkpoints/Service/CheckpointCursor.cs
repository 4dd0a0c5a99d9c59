using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>Where a page of checkpoints ended.</summary>
internal static class CheckpointCursor
{
    public static string Of(Checkpoint last) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks}.{last.Id}")));

    public static (DateTimeOffset At, string Id)? TryParse(string text)
    {
        if (text.Length > 100 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && CheckpointId.TryParse(parts[1], out var id)
            ? (new(ticks, TimeSpan.Zero), id.Value)
            : null;
    }
}
