using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Volumes.Living;

/// <summary>Where a page ended: the last volume's place in the order "newest first, then by id downwards". Stays valid when that volume is gone.</summary>
internal sealed record VolumeCursor(DateTimeOffset CreatedAt, VolumeId Id)
{
    public static VolumeCursor Of(Volume last) => new(last.CreatedAt, last.Id);

    public static VolumeCursor? TryParse(string text)
    {
        if (text.Length > 100 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && VolumeId.TryParse(parts[1], out var id)
            ? new(new(ticks, TimeSpan.Zero), id)
            : null;
    }

    public bool IsBefore(Volume volume) => volume.CreatedAt < CreatedAt || (volume.CreatedAt == CreatedAt && string.CompareOrdinal(volume.Id.Value, Id.Value) < 0);

    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.UtcTicks}.{Id}")));
}
