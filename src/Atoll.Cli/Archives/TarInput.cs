using System.Text;
using Atoll.Client.Files;

namespace Atoll.Cli.Archives;

/// <summary>Reads a tar stream that nobody vouches for: ustar with pax records and GNU's long names. What is not well formed is a <see cref="FormatException"/>. One flow.</summary>
internal sealed class TarInput(Stream source)
{
    private const int MaxExtra = 1024 * 1024;
    private const int MaxExtras = 8;

    private readonly byte[] _block = new byte[TarFields.Block];
    private long _left;
    private int _padding;

    /// <summary>The next entry, what was left of the last one's content passed over; null at the end.</summary>
    public async Task<TarMember?> NextAsync(CancellationToken cancellation)
    {
        await PassOverAsync(cancellation);
        var extras = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var count = 0; ;)
        {
            await ReadAllAsync(_block, cancellation);
            if (!_block.AsSpan().ContainsAnyExcept((byte)0)) return null;
            if (Number(TarFields.Checksum) != TarFields.Sum(_block)) throw new FormatException("a header's checksum is wrong");
            var (type, length) = ((char)_block[TarFields.Type], Number(TarFields.Length));
            if (length < 0) throw new FormatException("a size is negative");
            if (type is not ('x' or 'g' or 'L' or 'K')) return Member(type == '\0' ? TarMember.File : type, length, extras);
            if (length > MaxExtra || ++count > MaxExtras) throw new FormatException("an extended header is too large");
            var value = new byte[length];
            await ReadAllAsync(value, cancellation);
            await ReadAllAsync(new byte[TarFields.Padding(length)], cancellation);
            if (type == 'x') TakeRecords(value, extras);
            else if (type is 'L' or 'K') extras[type == 'L' ? "path" : "linkpath"] = Text(value);
        }
    }

    /// <summary>Some of the entry's content; 0 at its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var count = (int)Math.Min(buffer.Length, _left);
        if (count == 0) return 0;
        count = await source.ReadAsync(buffer[..count], cancellation);
        if (count == 0) throw new EndOfStreamException("it ends too early");
        _left -= count;
        return count;
    }

    private async Task PassOverAsync(CancellationToken cancellation)
    {
        var buffer = new byte[32 * 1024];
        while (await ReadAsync(buffer, cancellation) > 0)
        {
            // Nobody wants it.
        }

        await ReadAllAsync(buffer.AsMemory(0, _padding), cancellation);
        _padding = 0;
    }

    private TarMember Member(char type, long length, Dictionary<string, byte[]> extras)
    {
        var prefix = _block.AsSpan(TarFields.Magic).StartsWith("ustar\0"u8) ? Text(_block.AsSpan(TarFields.Prefix)) : [];
        var name = Text(_block.AsSpan(TarFields.Name));
        if (prefix.Length > 0) name = [.. prefix, (byte)'/', .. name];
        if (extras.TryGetValue("size", out var size)) length = Whole(size);
        if (length < 0) throw new FormatException("a size is negative");
        if (type is 'S' || (extras.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)) && !extras.GetValueOrDefault("GNU.sparse.major", []).AsSpan().SequenceEqual("1"u8)))
            throw new FormatException("a sparse entry is of a format that is not known here");
        var isSparse = extras.ContainsKey("GNU.sparse.major");
        var modified = extras.TryGetValue("mtime", out var time) ? Whole(time) : Number(TarFields.Modified);
        var link = extras.GetValueOrDefault("linkpath", Text(_block.AsSpan(TarFields.LinkName)));
        name = extras.GetValueOrDefault("GNU.sparse.name", extras.GetValueOrDefault("path", name));
        (_left, _padding) = (length, TarFields.Padding(length));

        // Before POSIX, a directory was a file whose name ends in a slash.
        if (type is TarMember.File && name is [.., (byte)'/']) type = TarMember.Folder;
        return new TarMember(
            type is '7' ? TarMember.File : type, PathText.Decode(name), PathText.Decode(link), (int)(Number(TarFields.Mode) & 0xFFF), length,
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(modified, 0, uint.MaxValue)), isSparse ? Whole(extras.GetValueOrDefault("GNU.sparse.realsize", [])) : null);
    }

    private static void TakeRecords(ReadOnlySpan<byte> records, Dictionary<string, byte[]> into)
    {
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space is <= 0 or > 9 || !int.TryParse(records[..space], out var length) || length <= space + 2 || length > records.Length || records[length - 1] != (byte)'\n')
                throw new FormatException("a pax record is not well formed");
            var record = records[(space + 1)..(length - 1)];
            records = records[length..];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0) throw new FormatException("a pax record has no value");
            into[Encoding.ASCII.GetString(record[..equals])] = record[(equals + 1)..].ToArray();
        }
    }

    private async Task ReadAllAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation) < buffer.Length) throw new EndOfStreamException("it ends too early");
    }

    /// <summary>A decimal number; a fraction of a second is dropped.</summary>
    private static long Whole(ReadOnlySpan<byte> value)
    {
        var dot = value.IndexOf((byte)'.');
        return long.TryParse(dot < 0 ? value : value[..dot], out var number) ? number : throw new FormatException("a number in a pax record is none");
    }

    private static byte[] Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return (end < 0 ? field : field[..end]).ToArray();
    }

    /// <summary>Octal digits between spaces and NULs, or, with the highest bit set, a big-endian number (GNU).</summary>
    private long Number(Range place)
    {
        ReadOnlySpan<byte> field = _block.AsSpan(place);
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var part in field[^8..]) value = (value << 8) | part;
            return value;
        }

        foreach (var digit in field.Trim([(byte)' ', (byte)0]))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw new FormatException("a number in a header is none");
            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }
}
