using System.Buffers;
using System.Text;

namespace Atoll.Server.Api.Processes;

/// <summary>Decodes one stream of bytes that arrives in pieces; a character cut between two pieces waits for its rest.</summary>
internal sealed class Utf8Text
{
    private byte[] _pending = [];

    /// <summary>Bytes that wait for the rest of their character: 0 to 3.</summary>
    public int Pending => _pending.Length;

    /// <summary>How many bytes at the end begin a character that is not whole yet.</summary>
    public static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            if ((bytes[^length] & 0b1100_0000) == 0b1000_0000) continue;
            return Rune.DecodeFromUtf8(bytes[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
        }

        return 0;
    }

    public string Decode(ReadOnlySpan<byte> bytes)
    {
        byte[] all = _pending.Length == 0 ? bytes.ToArray() : [.. _pending, .. bytes];
        var tail = IncompleteTail(all);
        _pending = tail == 0 ? [] : all[^tail..];
        return Encoding.UTF8.GetString(all.AsSpan(..^tail));
    }

    /// <summary>What waited will not be completed: it becomes U+FFFD, or nothing where nothing waited.</summary>
    public string Flush()
    {
        var text = Encoding.UTF8.GetString(_pending);
        _pending = [];
        return text;
    }
}
