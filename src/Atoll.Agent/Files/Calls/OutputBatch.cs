using System.Buffers.Binary;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Files.Calls;

/// <summary>Frames that go out together. Due when it holds enough, or when the first of them has waited long enough for someone who watches.</summary>
internal sealed class OutputBatch
{
    private const int EnoughBytes = 64 * 1024;
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(100);

    private byte[] _frames = new byte[EnoughBytes + 16 * 1024];
    private int _used;
    private long _first;

    public bool IsDue => _used >= EnoughBytes || (_used > 0 && TimeProvider.System.GetElapsedTime(_first) > LongEnough);

    public void Add(Output output)
    {
        if (_used == 0) _first = TimeProvider.System.GetTimestamp();
        var length = output.CalculateSize();
        var end = _used + FrameLimits.HeaderBytes + length;
        if (end > _frames.Length) Array.Resize(ref _frames, end);
        BinaryPrimitives.WriteUInt32LittleEndian(_frames.AsSpan(_used), (uint)length);
        output.WriteTo(_frames.AsSpan(_used + FrameLimits.HeaderBytes, length));
        _used = end;
    }

    /// <summary>Valid until the next <see cref="Add"/>.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var frames = _frames.AsMemory(0, _used);
        _used = 0;
        return frames;
    }
}
