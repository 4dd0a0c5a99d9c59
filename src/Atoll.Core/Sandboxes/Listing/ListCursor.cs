using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Atoll.Core.Sandboxes.Listing;

/// <summary>Where a page ended: the last sandbox's place in the order "newest first, then by id downwards". Stays valid when that sandbox is gone.</summary>
internal sealed record ListCursor(DateTimeOffset CreatedAt, SandboxId Id)
{
    public static ListCursor Of(Sandbox sandbox) => new(sandbox.CreatedAt, sandbox.Id);

    public static ListCursor? TryParse(string text)
    {
        if (text.Length > 100 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && SandboxId.TryParse(parts[1], out var id)
            ? new(new(ticks, TimeSpan.Zero), id)
            : null;
    }

    /// <summary>Whether a sandbox comes after this place.</summary>
    public bool IsBefore(Sandbox sandbox) =>
        sandbox.CreatedAt < CreatedAt || (sandbox.CreatedAt == CreatedAt && string.CompareOrdinal(sandbox.Id.Value, Id.Value) < 0);

    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.UtcTicks}.{Id}")));
}
