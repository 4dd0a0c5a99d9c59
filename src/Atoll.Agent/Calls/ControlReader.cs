using System.Buffers.Binary;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Calls;

/// <summary>Reads what a host says while it listens: acknowledgements, and that it hangs up. Bytes may come in any pieces. Not thread-safe.</summary>
internal sealed class ControlReader
{
    /// <summary>An acknowledgement has 11 bytes at most.</summary>
    private const int LongestFrame = 16;

    private readonly byte[] _held = new byte[FrameLimits.HeaderBytes + LongestFrame];
    private int _count;

    /// <summary>False when the host hangs up, or says what has no place here.</summary>
    public bool Read(ReadOnlySpan<byte> bytes, Action<long>? acknowledged)
    {
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, Wanted - _count);
            bytes[..taken].CopyTo(_held.AsSpan(_count));
            bytes = bytes[taken..];
            _count += taken;
            if (_count < FrameLimits.HeaderBytes) continue;
            if (Length > LongestFrame) return false;
            if (_count < Wanted) continue;
            _count = 0;
            if (Parse() is not { KindCase: Input.KindOneofCase.Acknowledged } said) return false;
            acknowledged?.Invoke((long)Math.Min(said.Acknowledged, long.MaxValue));
        }

        return true;
    }

    private uint Length => BinaryPrimitives.ReadUInt32LittleEndian(_held);

    private int Wanted => _count < FrameLimits.HeaderBytes ? FrameLimits.HeaderBytes : FrameLimits.HeaderBytes + (int)Math.Min(Length, LongestFrame + 1);

    private Input? Parse()
    {
        try
        {
            return Input.Parser.ParseFrom(_held.AsSpan(FrameLimits.HeaderBytes, (int)Length));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
