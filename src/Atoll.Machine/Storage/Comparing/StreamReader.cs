using System.Buffers.Binary;
using System.Text;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Comparing;

/// <summary>
/// Reads the kernel's send stream (btrfs documentation, dev-send-stream; version 1, little-endian):
/// <code>
/// stream  = "btrfs-stream" NUL version:u32 command*
/// command = length:u32 code:u16 crc:u32 attribute*      length is of the attributes
/// attribute = type:u16 length:u16 bytes
/// </code>
/// The crc is not checked: the stream comes through a pipe from the kernel of this host. One thread.
/// </summary>
internal sealed class StreamReader(SafeFileHandle pipe)
{
    private const int HeaderBytes = 17;
    private const int CommandBytes = 10;
    private const int MaxCommandBytes = 1 << 20;
    private const ushort PathAttribute = 15;
    private const ushort PathToAttribute = 16;
    private const ushort LinkAttribute = 17;
    private const ushort Rename = 9;
    private const ushort Link = 10;
    private const ushort EndOfStream = 21;
    private byte[] _buffer = new byte[64 * 1024];
    private bool _begun;

    /// <exception cref="InvalidDataException">It is no such stream, or ends in the middle.</exception>
    public StreamStep Next()
    {
        if (!_begun)
        {
            if (!TryFill(_buffer.AsSpan(0, HeaderBytes)) || !_buffer.AsSpan(0, 12).SequenceEqual("btrfs-stream"u8)) throw new InvalidDataException("The comparison stream has no header.");
            _begun = true;
        }

        if (!TryFill(_buffer.AsSpan(0, CommandBytes))) throw new InvalidDataException("The comparison stream ended early.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer);
        var code = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(4));
        if (length is < 0 or > MaxCommandBytes) throw new InvalidDataException($"A command of the comparison stream has {length} bytes.");
        if (length > _buffer.Length) _buffer = new byte[length];
        if (!TryFill(_buffer.AsSpan(0, length))) throw new InvalidDataException("The comparison stream ended within a command.");
        return Step(code, _buffer.AsSpan(0, length));
    }

    private static StreamStep Step(ushort code, ReadOnlySpan<byte> attributes)
    {
        string? path = null, to = null, link = null;
        while (attributes.Length >= 4)
        {
            var (type, size) = (BinaryPrimitives.ReadUInt16LittleEndian(attributes), BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]));
            if (size > attributes.Length - 4) throw new InvalidDataException("An attribute of the comparison stream is cut off.");
            var value = attributes.Slice(4, size);
            if (type == PathAttribute) path = Encoding.Latin1.GetString(value);
            else if (type == PathToAttribute) to = Encoding.Latin1.GetString(value);
            else if (type == LinkAttribute) link = Encoding.Latin1.GetString(value);
            attributes = attributes[(4 + size)..];
        }

        return code switch
        {
            EndOfStream => new(StepKind.End, null, null),
            Rename => new(StepKind.Moved, path, to),

            // A link's target is a path for hard links alone; a symbolic link's is text.
            Link => new(StepKind.Mentioned, path, link),

            // Extended attributes set and removed, data written, cloned and (without data) extents updated.
            13 or 14 or 15 or 16 or 22 => new(StepKind.Content, path, null),
            _ => new(StepKind.Mentioned, path, null),
        };
    }

    private bool TryFill(Span<byte> bytes)
    {
        for (var filled = 0; filled < bytes.Length;)
        {
            var count = Pipe.Read(pipe, bytes[filled..]);
            if (count == 0) return false;
            filled += count;
        }

        return true;
    }
}
