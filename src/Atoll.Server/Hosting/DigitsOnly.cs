using System.Text;

namespace Atoll.Server.Hosting;

/// <summary>
/// How the server reads <c>Content-Length</c>: digits and nothing else (RFC 9110, 8.6). Kestrel's own way also takes a sign, <c>+3</c>, which a proxy in front may read otherwise: the two would then see different
/// requests. Whatever is no digit is read as a letter, which Kestrel refuses with 400.
/// </summary>
internal sealed class DigitsOnly : Encoding
{
    public static DigitsOnly Instance { get; } = new();

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        // What does not fit is too long for any length, and is counted as that.
        var count = Math.Min(bytes.Length, chars.Length);
        for (var at = 0; at < count; at++) chars[at] = bytes[at] is >= (byte)'0' and <= (byte)'9' ? (char)bytes[at] : 'x';
        return count;
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException("For reading alone.");

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException("For reading alone.");

    public override int GetMaxByteCount(int charCount) => throw new NotSupportedException("For reading alone.");
}
