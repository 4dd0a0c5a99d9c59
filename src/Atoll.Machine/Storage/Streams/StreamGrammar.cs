using System.Buffers.Binary;

namespace Atoll.Machine.Storage.Streams;

/// <summary>
/// Reads a send stream that nobody trusts, in whatever pieces it comes (btrfs documentation, dev-send-stream; version 1, little-endian):
/// <code>
/// stream  = "btrfs-stream" NUL version:u32 begin command* end
/// command = length:u32 code:u16 crc:u32 field*      length is of the fields
/// field   = type:u16 length:u16 bytes
/// </code>
/// <c>begin</c> names the disk (and for a difference the one it begins at), <c>end</c> is the last byte of all. Each step is checked by <see cref="StreamRules"/> before it is handed on. Holds one
/// command in memory. The crc is not looked at: whoever can alter a step can alter that too, and accidents are found by the parts' digests. One flow.
/// </summary>
/// <param name="id">The disk that the stream must lead to.</param>
/// <param name="since">The disk that it must begin at; null: at nothing.</param>
/// <param name="target">Null: only checked.</param>
internal sealed class StreamGrammar(Guid id, Guid? since, IStreamTarget? target)
{
    private const int HeadBytes = 17;
    private const int CommandBytes = 10;
    private const int Version = 1;

    /// <summary>The kernel's buffer is 64 KiB in version 1.</summary>
    private const int MaxFieldsBytes = 128 * 1024;
    private readonly byte[] _buffer = new byte[CommandBytes + MaxFieldsBytes];
    private Stage _stage = Stage.Head;
    private int _needed = HeadBytes;
    private int _filled;

    private enum Stage
    {
        Head,
        Begin,
        Steps,
        Over,
    }

    /// <exception cref="InvalidDataException">The stream is not sound.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_stage is Stage.Over) throw new InvalidDataException("something follows behind its end");
            var count = Math.Min(bytes.Length, _needed - _filled);
            bytes[..count].CopyTo(_buffer.AsSpan(_filled));
            bytes = bytes[count..];
            _filled += count;
            if (_filled == _needed) Take();
        }
    }

    /// <summary>All has been fed.</summary>
    /// <exception cref="InvalidDataException">It ended in the middle.</exception>
    public void End()
    {
        if (_stage is not Stage.Over) throw new InvalidDataException("it ends in the middle");
    }

    private void Take()
    {
        if (_stage is Stage.Head)
        {
            if (!_buffer.AsSpan(0, 13).SequenceEqual("btrfs-stream\0"u8) || BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(13)) != Version) throw new InvalidDataException("it is no stream of a disk that this version reads");
            Next(Stage.Begin);
            return;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer);
        if (length > MaxFieldsBytes) throw new InvalidDataException("a step is larger than one can be");
        if (_filled < CommandBytes + (int)length)
        {
            _needed = CommandBytes + (int)length;
            return;
        }

        Step(new StreamCommand((StreamCode)BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(4)), _buffer.AsSpan(CommandBytes, (int)length)));
    }

    private void Step(in StreamCommand command)
    {
        if (_stage is Stage.Begin)
        {
            Begin(command);
            Next(Stage.Steps);
            return;
        }

        if (command.Code is StreamCode.End)
        {
            Next(Stage.Over);
            return;
        }

        StreamRules.Check(command, id);
        target?.Apply(command);
        Next(Stage.Steps);
    }

    private void Begin(in StreamCommand command)
    {
        if (command.Code != (since is null ? StreamCode.Subvolume : StreamCode.Snapshot)) throw new InvalidDataException("it does not begin as it should");
        if (command.Id(StreamField.Uuid) != id) throw new InvalidDataException("it is of another disk");
        if (since is { } before && command.Id(StreamField.CloneUuid) != before) throw new InvalidDataException("it begins at another disk");
    }

    private void Next(Stage stage) => (_stage, _needed, _filled) = (stage, CommandBytes, 0);
}
