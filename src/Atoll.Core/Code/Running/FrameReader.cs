using System.Buffers;
using System.Text;

namespace Atoll.Core.Code.Running;

/// <summary>
/// Takes a stream of an interpreter apart into what the code wrote and the frames between it.
/// <code>
/// frame = *( RS nonce "+" piece LF ) RS nonce "." piece LF      RS is byte 0x1E; a piece has no LF; all pieces joined are the frame
/// </code>
/// A frame above the limit is thrown away and counted. Not thread-safe.
/// </summary>
internal sealed class FrameReader
{
    private const byte Separator = 0x1e;
    private readonly byte[] _mark;
    private readonly int _maxFrame;
    private readonly Action<ReadOnlySpan<byte>> _onText;
    private readonly Action<ReadOnlyMemory<byte>> _onFrame;
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly ArrayBufferWriter<byte> _frame = new();
    private bool _tooLarge;

    public FrameReader(string nonce, int maxFrame, Action<ReadOnlySpan<byte>> onText, Action<ReadOnlyMemory<byte>> onFrame)
    {
        _mark = [Separator, .. Encoding.ASCII.GetBytes(nonce)];
        (_maxFrame, _onText, _onFrame) = (maxFrame, onText, onFrame);
    }

    /// <summary>Frames that were thrown away.</summary>
    public int Lost { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_held.WrittenCount == 0)
        {
            Hold(Consume(bytes));
            return;
        }

        _held.Write(bytes);
        var all = _held.WrittenSpan.ToArray();
        _held.ResetWrittenCount();
        Hold(Consume(all));
    }

    /// <summary>Bytes are missing here: what was begun is not completed by what follows.</summary>
    public void Skip()
    {
        if (_held.WrittenCount > 0 || _frame.WrittenCount > 0) Lost++;
        _held.ResetWrittenCount();
        _frame.ResetWrittenCount();
        _tooLarge = false;
    }

    private void Hold(ReadOnlySpan<byte> rest) => _held.Write(rest);

    /// <summary>Returns the end that may be the beginning of a piece.</summary>
    private ReadOnlySpan<byte> Consume(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var at = bytes.IndexOf(Separator);
            if (at < 0)
            {
                _onText(bytes);
                return default;
            }

            if (at > 0) _onText(bytes[..at]);
            bytes = bytes[at..];
            var common = Math.Min(bytes.Length, _mark.Length);
            if (!bytes[..common].SequenceEqual(_mark.AsSpan(0, common)))
            {
                // A separator of the code's own.
                _onText(bytes[..1]);
                bytes = bytes[1..];
                continue;
            }

            var end = bytes.IndexOf((byte)'\n');
            if (end < 0 && bytes.Length <= 4096) return bytes;
            if (end < _mark.Length + 1)
            {
                // No driver writes a piece like this; the code found out the mark and plays with it.
                _onText(bytes[..1]);
                bytes = bytes[1..];
                continue;
            }

            Take(bytes[_mark.Length] == '+', bytes[(_mark.Length + 1)..end]);
            bytes = bytes[(end + 1)..];
        }

        return default;
    }

    private void Take(bool more, ReadOnlySpan<byte> piece)
    {
        if (_tooLarge || _frame.WrittenCount + piece.Length > _maxFrame) _tooLarge = true;
        else _frame.Write(piece);
        if (more) return;
        if (_tooLarge) Lost++;
        else _onFrame(_frame.WrittenSpan.ToArray());
        _tooLarge = false;
        _frame.Clear();
    }
}
