using System.Globalization;

namespace Atoll.Server.Api.Files;

/// <summary>
/// One range of bytes. Grammar (RFC 9110, 14.1.2): <c>"bytes=" ( first "-" [ last ] / "-" suffix )</c>. A header with several ranges, another unit or a mistake is ignored, as the RFC
/// allows, and the whole file is sent.
/// </summary>
internal readonly record struct ByteRange(long? First, long? Last, long? Suffix)
{
    public static ByteRange? Parse(string? header)
    {
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase)) return null;
        var parts = header[unit.Length..].Trim().Split('-');
        if (parts.Length != 2) return null;
        if (parts[0].Length == 0) return Number(parts[1]) is { } suffix ? new(null, null, suffix) : null;
        if (Number(parts[0]) is not { } first) return null;
        if (parts[1].Length == 0) return new(first, null, null);
        return Number(parts[1]) is { } last && last >= first ? new(first, last, null) : null;
    }

    /// <summary>The bytes it means of a file this long; null when there are none.</summary>
    public (long Offset, long Length)? Of(long size)
    {
        if (Suffix is { } suffix) return suffix == 0 || size == 0 ? null : (Math.Max(0, size - suffix), Math.Min(suffix, size));
        var offset = First!.Value;
        return offset >= size ? null : (offset, Math.Min(Last ?? long.MaxValue - 1, size - 1) - offset + 1);
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
