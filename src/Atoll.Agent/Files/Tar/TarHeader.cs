using System.Text;
using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// Writes an entry's header: a ustar block, and before it a pax header for what does not fit there (long names and link targets, sizes from 8 GiB, large ids, times outside 1970 to 2242).
/// </summary>
internal static class TarHeader
{
    private const long MaxOctal8 = 0x1FFFFF;
    private const long MaxOctal12 = 0x1FFFFFFFF;

    /// <param name="name">Relative; a directory's gets its slash here.</param>
    /// <param name="length">Of the content that follows.</param>
    public static byte[] Write(byte[] name, in FileStatus status, long length, byte[] linkTarget, Accounts accounts) =>
        Write(status.IsDirectory ? [.. name, (byte)'/'] : name, TypeOf(status.Type), status, length, linkTarget, accounts, []);

    /// <summary>Of a file that the archive has already, by another name.</summary>
    public static byte[] WriteLink(byte[] name, in FileStatus status, byte[] first, Accounts accounts) => Write(name, (byte)'1', status, 0, first, accounts, []);

    /// <summary>
    /// Of a file with holes, as GNU tar's format 1.0 has it: the content begins with the map, name and size are in records of their own, and a reader that does not know them
    /// finds the pieces under a name that says what they are.
    /// </summary>
    /// <param name="length">Of the map and the pieces.</param>
    /// <param name="size">The file's, holes included.</param>
    public static byte[] WriteSparse(byte[] name, in FileStatus status, long length, long size, Accounts accounts)
    {
        using var extra = new MemoryStream();
        Record(extra, "GNU.sparse.major", 1);
        Record(extra, "GNU.sparse.minor", 0);
        Record(extra, "GNU.sparse.name", name);
        Record(extra, "GNU.sparse.realsize", size);
        byte[] shown = [.. GuestPath.Parent([(byte)'/', .. name])[1..], .. "/GNUSparseFile.0/"u8, .. GuestPath.Name(name)];
        return Write(shown[0] == (byte)'/' ? shown[1..] : shown, (byte)'0', status, length, [], accounts, extra.ToArray());
    }

    private static byte[] Write(byte[] full, byte type, in FileStatus status, long length, byte[] linkTarget, Accounts accounts, byte[] more)
    {
        using var extra = new MemoryStream();
        extra.Write(more);
        if (full.Length > 100) Record(extra, "path", full);
        if (linkTarget.Length > 100) Record(extra, "linkpath", linkTarget);
        if (length > MaxOctal12) Record(extra, "size", length);
        if (status.Uid > MaxOctal8) Record(extra, "uid", status.Uid);
        if (status.Gid > MaxOctal8) Record(extra, "gid", status.Gid);
        var seconds = status.Modified.Seconds;
        if (seconds is < 0 or > MaxOctal12) Record(extra, "mtime", seconds);

        var block = Block(full, type, status.Mode, status.Uid, status.Gid, length, seconds, linkTarget);
        Text(block.AsSpan(TarBlock.UserName), accounts.UserName(status.Uid));
        Text(block.AsSpan(TarBlock.GroupName), accounts.GroupName(status.Gid));
        Seal(block);
        if (extra.Length == 0) return block;

        var records = extra.ToArray();
        var pax = Block("PaxHeader"u8.ToArray(), (byte)'x', 0x1A4, 0, 0, records.Length, Math.Clamp(seconds, 0, MaxOctal12), []);
        Seal(pax);
        return [.. pax, .. records, .. new byte[TarBlock.Padding(records.Length)], .. block];
    }

    private static byte[] Block(ReadOnlySpan<byte> name, byte type, uint mode, long uid, long gid, long length, long modified, ReadOnlySpan<byte> linkTarget)
    {
        var block = new byte[TarBlock.Size];
        Bytes(block.AsSpan(TarBlock.Name), name);
        Octal(block.AsSpan(TarBlock.Mode), mode);
        Octal(block.AsSpan(TarBlock.Uid), Math.Min(uid, MaxOctal8));
        Octal(block.AsSpan(TarBlock.Gid), Math.Min(gid, MaxOctal8));
        Octal(block.AsSpan(TarBlock.Length), Math.Min(length, MaxOctal12));
        Octal(block.AsSpan(TarBlock.Modified), Math.Clamp(modified, 0, MaxOctal12));
        block[TarBlock.Type] = type;
        Bytes(block.AsSpan(TarBlock.LinkName), linkTarget);
        "ustar\000"u8.CopyTo(block.AsSpan(TarBlock.Magic));
        return block;
    }

    private static void Seal(byte[] block) => Octal(block.AsSpan(TarBlock.Checksum), TarBlock.Sum(block));

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

    private static void Record(MemoryStream into, string key, long value) => Record(into, key, Encoding.ASCII.GetBytes(value.ToString()));

    /// <summary>Digits that fill the field but for its last byte, which stays NUL.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
    }

    private static void Bytes(Span<byte> field, ReadOnlySpan<byte> value) => value[..Math.Min(value.Length, field.Length)].CopyTo(field);

    private static void Text(Span<byte> field, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length < field.Length) bytes.CopyTo(field);
    }

    private static byte TypeOf(FileType type) => type switch
    {
        FileType.Directory => (byte)'5',
        FileType.Symlink => (byte)'2',
        FileType.Fifo => (byte)'6',
        _ => (byte)'0',
    };
}
