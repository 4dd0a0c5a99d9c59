namespace Atoll.Machine.Native.Netlink;

/// <summary>Reads the attributes of a message; a length that does not fit ends the reading.</summary>
internal static class NetlinkAttributes
{
    public const ushort Nested = 0x8000;
    private const ushort TypeMask = 0x3fff;

    /// <summary>The payload of the first attribute of a type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        var rest = attributes;
        while (TryNext(ref rest, out var found, out var payload))
        {
            if (found == type) return payload;
        }

        return [];
    }

    public static bool TryNext(scoped ref ReadOnlySpan<byte> attributes, out ushort type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        if (attributes.Length < 4) return false;
        int length = BitConverter.ToUInt16(attributes);
        if (length < 4 || length > attributes.Length) return false;
        type = (ushort)(BitConverter.ToUInt16(attributes[2..]) & TypeMask);
        payload = attributes[4..length];
        attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        return true;
    }

    public static string Text(ReadOnlySpan<byte> payload) => System.Text.Encoding.UTF8.GetString(payload.TrimEnd((byte)0));

    public static int Number(ReadOnlySpan<byte> payload) => payload.Length >= 4 ? BitConverter.ToInt32(payload) : 0;
}
