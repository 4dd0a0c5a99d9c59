using System.Text;
using System.Text.Unicode;

namespace Atoll.Core.Guests.Files;

/// <summary>
/// Paths as text without loss. A name on Linux is bytes, and they need not be UTF-8: those that are none appear as U+DC80 to U+DCFF, the byte in the low eight bits (as Python's
/// <c>surrogateescape</c> has it). Such text is for programs: it has no UTF-8 form, so queries carry it percent-encoded and JSON in base64 (<c>rawPath</c>).
/// </summary>
public static class PathText
{
    private const int Escape = 0xDC00;
    private const int FirstEscaped = 0xDC80;
    private const int LastEscaped = 0xDCFF;

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var count) == System.Buffers.OperationStatus.Done) text.Append(rune.ToString());
            else
                for (var i = 0; i < count; i++) text.Append((char)(Escape | bytes[i]));
            bytes = bytes[count..];
        }

        return text.ToString();
    }

    public static byte[] Encode(string text)
    {
        if (!HasEscapes(text)) return Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(text.Length);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var count) != System.Buffers.OperationStatus.Done && text[i] is >= (char)FirstEscaped and <= (char)LastEscaped)
            {
                bytes.Add((byte)text[i]);
                i++;
                continue;
            }

            bytes.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
            i += Math.Max(count, 1);
        }

        return [.. bytes];
    }

    /// <summary>Whether some of it is no UTF-8.</summary>
    public static bool HasEscapes(string text) => text.AsSpan().ContainsAnyInRange((char)FirstEscaped, (char)LastEscaped) && !IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }
}
