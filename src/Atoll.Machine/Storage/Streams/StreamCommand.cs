using System.Buffers.Binary;

namespace Atoll.Machine.Storage.Streams;

/// <summary>One step of a stream: a view of the reader's buffer, valid until it goes on. Its fields are well formed, each there at most once.</summary>
internal readonly ref struct StreamCommand
{
    private const int HeadBytes = 4;
    private const int MostFields = 32;
    private const int UuidBytes = 16;
    private const int TimeBytes = 12;
    private readonly ReadOnlySpan<byte> _fields;

    /// <exception cref="InvalidDataException">The fields are not well formed.</exception>
    public StreamCommand(StreamCode code, ReadOnlySpan<byte> fields)
    {
        Code = code;
        _fields = fields;
        var seen = 0u;
        while (fields.Length > 0)
        {
            if (fields.Length < HeadBytes) throw Bad("a field is cut off");
            var (type, length) = (BinaryPrimitives.ReadUInt16LittleEndian(fields), BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]));
            if (length > fields.Length - HeadBytes) throw Bad("a field is cut off");
            if (type >= MostFields || (seen & (1u << type)) != 0) throw Bad("a field is unknown, or there twice");
            seen |= 1u << type;
            fields = fields[(HeadBytes + length)..];
        }
    }

    public StreamCode Code { get; }

    public ReadOnlySpan<byte> Path => Bytes(StreamField.Path);

    public bool Has(StreamField field) => TryFind(field, out _);

    /// <exception cref="InvalidDataException">It is not there.</exception>
    public ReadOnlySpan<byte> Bytes(StreamField field) => TryFind(field, out var value) ? value : throw Bad($"{field} is missing");

    public ulong Number(StreamField field)
    {
        var value = Bytes(field);
        return value.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(value) : throw Bad($"{field} is no number");
    }

    /// <summary>An offset or size: what a file can have.</summary>
    public long Position(StreamField field) => Number(field) is <= long.MaxValue and var value ? (long)value : throw Bad($"{field} is too large");

    /// <summary>An owner: above 2^31-1 ids are mistakes or attacks (-1 means "leave it" to the kernel).</summary>
    public uint Owner(StreamField field) => Number(field) is <= int.MaxValue and var value ? (uint)value : throw Bad($"{field} is no id");

    public Guid Id(StreamField field)
    {
        var value = Bytes(field);
        return value.Length == UuidBytes ? new Guid(value, bigEndian: true) : throw Bad($"{field} is no id");
    }

    public (long Seconds, long Nanoseconds) Time(StreamField field)
    {
        var value = Bytes(field);
        if (value.Length != TimeBytes) throw Bad($"{field} is no time");
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]);
        return nanoseconds < 1_000_000_000 ? (BinaryPrimitives.ReadInt64LittleEndian(value), nanoseconds) : throw Bad($"{field} is no time");
    }

    public InvalidDataException Bad(string what) => new($"step {Code}: {what}");

    private bool TryFind(StreamField field, out ReadOnlySpan<byte> value)
    {
        for (var rest = _fields; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            value = rest.Slice(HeadBytes, length);
            if (BinaryPrimitives.ReadUInt16LittleEndian(rest) == (ushort)field) return true;
            rest = rest[(HeadBytes + length)..];
        }

        value = default;
        return false;
    }
}
