using System.Text;
using Atoll.Cli.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Cli.Archives;

/// <summary>Where the data of a file with holes lies, and the map of it that GNU tar's format 1.0 has before the content: decimal numbers, a line each, filled up with NULs to whole blocks.</summary>
internal static class FilePieces
{
    /// <summary>Fewer bytes of holes are not worth an entry that simple readers of archives do not understand.</summary>
    private const long WorthIt = 1024 * 1024;

    private const int MaxWritten = 16 * 1024;
    private const int MaxRead = 256 * 1024;
    private const int MaxMapBytes = MaxRead * 40;

    /// <returns>Null when the file is to be written as it is.</returns>
    public static List<(long Offset, long Length)>? Find(SafeFileHandle file, long size)
    {
        List<(long Offset, long Length)> pieces = [];
        var data = 0L;
        for (var position = 0L; position < size && LocalFiles.NextData(file, position) is { } start && start < size;)
        {
            position = pieces.Count == MaxWritten - 1 ? size : LocalFiles.NextHole(file, start, size);
            pieces.Add((start, position - start));
            data += position - start;
        }

        return size - data < WorthIt ? null : pieces;
    }

    public static byte[] Map(List<(long Offset, long Length)> pieces, long size)
    {
        var text = new StringBuilder().Append(pieces.Count + 1).Append('\n');
        foreach (var (offset, length) in pieces.Append((size, 0))) text.Append(offset).Append('\n').Append(length).Append('\n');
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        return [.. bytes, .. new byte[TarFields.Padding(bytes.Length)]];
    }

    /// <summary>Reads an entry's map, and believes it where it can be so.</summary>
    public static async Task<List<(long Offset, long Length)>> ReadAsync(TarInput tar, TarMember member, CancellationToken cancellation)
    {
        var size = member.FileBytes ?? 0;
        if (size < 0) throw Bad();
        var block = new byte[TarFields.Block];
        List<long> numbers = [];
        var (digits, number, taken, done) = (0, 0L, 0L, false);
        while (!done)
        {
            for (var filled = 0; filled < block.Length;)
            {
                var count = await tar.ReadAsync(block.AsMemory(filled), cancellation);
                if (count == 0) throw Bad();
                filled += count;
            }

            if ((taken += block.Length) > MaxMapBytes) throw Bad();
            foreach (var digit in block)
            {
                if (digit == (byte)'\n')
                {
                    if (digits == 0) throw Bad();
                    numbers.Add(number);
                    (digits, number) = (0, 0);
                    if (numbers[0] > MaxRead) throw Bad();
                    if ((done = numbers.Count == 1 + (2 * numbers[0]))) break;
                }
                else
                {
                    if (digit is < (byte)'0' or > (byte)'9' || ++digits > 18) throw Bad();
                    number = (number * 10) + (digit - '0');
                }
            }
        }

        List<(long Offset, long Length)> pieces = [];
        var (end, data) = (0L, 0L);
        for (var i = 1; i < numbers.Count; i += 2)
        {
            var (offset, length) = (numbers[i], numbers[i + 1]);
            if (offset < end || length > size - offset) throw Bad();
            pieces.Add((offset, length));
            end = offset + length;
            data += length;
        }

        return data == member.Bytes - taken ? pieces : throw Bad();
    }

    private static FormatException Bad() => new("a sparse entry's map is not well formed");
}
