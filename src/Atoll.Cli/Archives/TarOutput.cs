using System.Text;
using Atoll.Client.Files;

namespace Atoll.Cli.Archives;

/// <summary>Writes a tar stream, with pax records for what a plain header has no room for, and GNU's (format 1.0) for files with holes. One flow.</summary>
internal sealed class TarOutput(Stream destination)
{
    private const long MaxOctal = 0x1FFFFFFFF;

    /// <summary>The content follows, and <see cref="PadAsync"/>.</summary>
    public async Task WriteAsync(TarMember member, CancellationToken cancellation)
    {
        var (name, link) = (PathText.Encode(member.Name), PathText.Encode(member.LinkName));
        using var extra = new MemoryStream();
        if (member.FileBytes is { } whole)
        {
            Record(extra, "GNU.sparse.major", "1"u8);
            Record(extra, "GNU.sparse.minor", "0"u8);
            Record(extra, "GNU.sparse.name", name);
            Record(extra, "GNU.sparse.realsize", Encoding.ASCII.GetBytes($"{whole}"));
            name = "GNUSparseFile.0/content"u8.ToArray();
        }

        if (name.Length > 100) Record(extra, "path", name);
        if (link.Length > 100) Record(extra, "linkpath", link);
        if (member.Bytes > MaxOctal) Record(extra, "size", Encoding.ASCII.GetBytes($"{member.Bytes}"));
        var seconds = member.Modified.ToUnixTimeSeconds();
        if (seconds is < 0 or > MaxOctal) Record(extra, "mtime", Encoding.ASCII.GetBytes($"{seconds}"));
        if (extra.Length > 0)
        {
            await destination.WriteAsync(Header("PaxHeader"u8, 'x', 0x1A4, extra.Length, 0, []), cancellation);
            await destination.WriteAsync(extra.ToArray(), cancellation);
            await PadAsync(extra.Length, cancellation);
        }

        await destination.WriteAsync(Header(name, member.Type, member.Mode, member.Bytes, seconds, link), cancellation);
    }

    public async Task PadAsync(long length, CancellationToken cancellation) => await destination.WriteAsync(new byte[TarFields.Padding(length)], cancellation);

    public async Task EndAsync(CancellationToken cancellation) => await destination.WriteAsync(new byte[2 * TarFields.Block], cancellation);

    private static byte[] Header(ReadOnlySpan<byte> name, char type, int mode, long length, long modified, ReadOnlySpan<byte> link)
    {
        var block = new byte[TarFields.Block];
        name[..Math.Min(name.Length, 100)].CopyTo(block.AsSpan(TarFields.Name));
        Octal(block.AsSpan(TarFields.Mode), mode);
        Octal(block.AsSpan(TarFields.Uid), 0);
        Octal(block.AsSpan(TarFields.Gid), 0);
        Octal(block.AsSpan(TarFields.Length), Math.Min(length, MaxOctal));
        Octal(block.AsSpan(TarFields.Modified), Math.Clamp(modified, 0, MaxOctal));
        block[TarFields.Type] = (byte)type;
        link[..Math.Min(link.Length, 100)].CopyTo(block.AsSpan(TarFields.LinkName));
        "ustar\000"u8.CopyTo(block.AsSpan(TarFields.Magic));
        Octal(block.AsSpan(TarFields.Checksum), TarFields.Sum(block));
        return block;
    }

    /// <summary>A pax record: its whole length, that number's own digits included, then <c>key=value</c> and a newline.</summary>
    private static void Record(MemoryStream into, string key, ReadOnlySpan<byte> value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + rest.ToString().Length;
        length = rest + length.ToString().Length;
        into.Write(Encoding.ASCII.GetBytes($"{length} {key}="));
        into.Write(value);
        into.WriteByte((byte)'\n');
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
    }
}
