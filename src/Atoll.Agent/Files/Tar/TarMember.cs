using System.Text;

namespace Atoll.Agent.Files.Tar;

/// <summary>An entry of an archive as its header, and the extended headers before it, describe it. What is not what a header may hold is a <see cref="FormatException"/>.</summary>
internal sealed class TarMember
{
    /// <summary>Longest names that any filesystem takes, with room for the other records.</summary>
    public const int MaxExtraBytes = 1024 * 1024;

    private const string SparsePrefix = "GNU.sparse.";

    public byte Type { get; private init; }

    public byte[] Name { get; private set; } = [];

    /// <summary>Null for an entry whose content is all of its file.</summary>
    public SparseMember? Sparse { get; private set; }

    public byte[] LinkName { get; private set; } = [];

    public uint Mode { get; private init; }

    public long Uid { get; private set; }

    public long Gid { get; private set; }

    public long Length { get; private set; }

    public long Modified { get; private set; }

    public static TarMember Parse(ReadOnlySpan<byte> block)
    {
        if (Number(block[TarBlock.Checksum]) != TarBlock.Sum(block)) throw new FormatException("the header's checksum is wrong");
        var name = Text(block[TarBlock.Name]);
        var isUstar = block[TarBlock.Magic].StartsWith("ustar\0"u8);
        var prefix = isUstar ? Text(block[TarBlock.Prefix]) : [];
        var length = Number(block[TarBlock.Length]);
        if (length < 0) throw new FormatException("the size is negative");
        return new TarMember
        {
            Type = block[TarBlock.Type],
            Name = prefix.Length > 0 ? [.. prefix, (byte)'/', .. name] : name,
            LinkName = Text(block[TarBlock.LinkName]),
            Mode = (uint)(Number(block[TarBlock.Mode]) & 0xFFF),
            Uid = Number(block[TarBlock.Uid]),
            Gid = Number(block[TarBlock.Gid]),
            Length = length,
            Modified = Number(block[TarBlock.Modified]),
            Sparse = block[TarBlock.Type] == (byte)'S' ? SparseMember.Parse(block) : null,
        };
    }

    /// <summary>A GNU long name ('L') or link name ('K') that came before the header.</summary>
    public void ApplyLong(byte type, ReadOnlySpan<byte> value)
    {
        var text = Text(value);
        if (type == (byte)'L') Name = text;
        else LinkName = text;
    }

    /// <summary>Pax records: <c>length key=value\n</c>, the length counting all of it. Records we have no use for are passed over.</summary>
    public void ApplyPax(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space is <= 0 or > 9 || !int.TryParse(Encoding.ASCII.GetString(records[..space]), out var length)
                || length <= space + 2 || length > records.Length || records[length - 1] != (byte)'\n')
            {
                throw new FormatException("a pax record is not well formed");
            }

            var record = records[(space + 1)..(length - 1)];
            records = records[length..];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0) throw new FormatException("a pax record has no value");
            Apply(Encoding.ASCII.GetString(record[..equals]), record[(equals + 1)..]);
        }

        if (Sparse?.Name is { } name) Name = name;
    }

    private void Apply(string key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case "path":
                Name = value.ToArray();
                break;
            case "linkpath":
                LinkName = value.ToArray();
                break;
            case "size":
                Length = Whole(value);
                if (Length < 0) throw new FormatException("the size is negative");
                break;
            case "uid":
                Uid = Whole(value);
                break;
            case "gid":
                Gid = Whole(value);
                break;
            case "mtime":
                Modified = Whole(value);
                break;
            default:
                if (key.StartsWith(SparsePrefix, StringComparison.Ordinal)) (Sparse ??= new SparseMember()).Apply(key[SparsePrefix.Length..], value);
                break;
        }
    }

    /// <summary>A decimal number; a fraction of a second is dropped.</summary>
    public static long Whole(ReadOnlySpan<byte> value) => Whole(Encoding.ASCII.GetString(value));

    public static long Whole(string text)
    {
        var dot = text.IndexOf('.');
        return long.TryParse(dot < 0 ? text : text[..dot], out var number) ? number : throw new FormatException("a number in a pax record is none");
    }

    private static byte[] Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return (end < 0 ? field : field[..end]).ToArray();
    }

    /// <summary>Octal digits between spaces and NULs, or, with the highest bit set, a big-endian number (GNU).</summary>
    public static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return Binary(field);
        long value = 0;
        foreach (var digit in field.Trim([(byte)' ', (byte)0]))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw new FormatException("a number in the header is none");
            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }

    private static long Binary(ReadOnlySpan<byte> field)
    {
        Int128 value = field[0] == 0xFF ? -1 : field[0] & 0x3F;
        foreach (var part in field[1..])
        {
            value = (value << 8) | part;
            if (value > long.MaxValue || value < long.MinValue) throw new FormatException("a number in the header is too large");
        }

        return (long)value;
    }
}
