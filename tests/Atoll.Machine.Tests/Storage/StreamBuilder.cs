using System.Buffers.Binary;
using System.Text;
using Atoll.Machine.Storage.Streams;

namespace Atoll.Machine.Tests.Storage;

/// <summary>Writes send streams by hand, also such as no kernel does.</summary>
internal sealed class StreamBuilder
{
    private readonly List<byte> _bytes = [];

    public StreamBuilder(int version = 1)
    {
        _bytes.AddRange("btrfs-stream\0"u8);
        Write(version);
    }

    public static Guid Disk { get; } = Guid.NewGuid();

    public static StreamBuilder Begun() => new StreamBuilder().Step(StreamCode.Subvolume, (StreamField.Path, Text("disk")), (StreamField.Uuid, Disk.ToByteArray(bigEndian: true)), (StreamField.Transaction, Number(7)));

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    public static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Time(long seconds, uint nanoseconds)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), nanoseconds);
        return bytes;
    }

    public StreamBuilder Step(StreamCode code, params (StreamField Field, byte[] Value)[] fields) => Raw((ushort)code, [.. fields.SelectMany(field => Field((ushort)field.Field, field.Value))]);

    public StreamBuilder File(string path) => Step(StreamCode.MakeFile, (StreamField.Path, Text(path)));

    public StreamBuilder Folder(string path) => Step(StreamCode.MakeDirectory, (StreamField.Path, Text(path)));

    public StreamBuilder Link(string path, string target) => Step(StreamCode.SymbolicLink, (StreamField.Path, Text(path)), (StreamField.PathLink, Text(target)));

    public StreamBuilder Write(string path, ulong offset, byte[] data) => Step(StreamCode.Write, (StreamField.Path, Text(path)), (StreamField.Offset, Number(offset)), (StreamField.Data, data));

    public StreamBuilder End() => Step(StreamCode.End);

    public StreamBuilder Raw(ushort code, byte[] fields, int? length = null)
    {
        Write(length ?? fields.Length);
        _bytes.AddRange([(byte)code, (byte)(code >> 8), 0, 0, 0, 0]);
        _bytes.AddRange(fields);
        return this;
    }

    public static byte[] Field(ushort type, byte[] value, int? length = null)
    {
        var size = length ?? value.Length;
        return [(byte)type, (byte)(type >> 8), (byte)size, (byte)(size >> 8), .. value];
    }

    public byte[] Bytes() => [.. _bytes];

    private void Write(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
