using System.Text;

namespace Atoll.Server.Http.Binding;

/// <summary>Reads a query string byte for byte: <c>"?" pair *( "&amp;" pair )</c>, <c>pair = name [ "=" value ]</c>; <c>+</c> is a space, <c>%xx</c> a byte.</summary>
internal static class RawQuery
{
    /// <summary>The undecoded value of a name's only occurrence; null when it is not there.</summary>
    public static string? Find(string? query, string name)
    {
        foreach (var (found, value) in Pairs(query))
        {
            if (found == name) return value;
        }

        return null;
    }

    /// <summary>Names, decoded as far as they can be, with undecoded values.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(string? query)
    {
        foreach (var pair in (query ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = pair.IndexOf('=');
            var name = cut < 0 ? pair : pair[..cut];
            yield return (Decode(name) is { } bytes ? Encoding.UTF8.GetString(bytes) : name, cut < 0 ? "" : pair[(cut + 1)..]);
        }
    }

    /// <summary>The bytes that a value stands for; null when a percent sign is not followed by two hexadecimal digits.</summary>
    public static byte[]? Decode(string value)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        var length = 0;
        for (var at = 0; at < value.Length; at++)
        {
            switch (value[at])
            {
                case '+':
                    bytes[length++] = (byte)' ';
                    break;
                case '%':
                    if (at + 2 >= value.Length || !char.IsAsciiHexDigit(value[at + 1]) || !char.IsAsciiHexDigit(value[at + 2])) return null;
                    bytes[length++] = Convert.ToByte(value.Substring(at + 1, 2), 16);
                    at += 2;
                    break;
                default:
                    length += Encoding.UTF8.GetBytes(value, at, 1, bytes, length);
                    break;
            }
        }

        return bytes[..length];
    }
}
