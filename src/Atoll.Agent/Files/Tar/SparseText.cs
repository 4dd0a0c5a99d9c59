using System.Text;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// The map of a sparse file as GNU tar's format 1.0 has it, before the content: decimal numbers, a line each, filled up with NULs to whole blocks.
/// <code>map = count newline { offset newline length newline }* NUL*</code>
/// </summary>
internal sealed class SparseText
{
    private const int MaxDigits = 19;

    private readonly List<DataExtent> _extents = [];
    private long _number;
    private int _digits;
    private long? _count;
    private long? _offset;
    private long _taken;

    /// <summary>Bytes of the map, whole blocks when it is done.</summary>
    public long Taken => _taken;

    public IReadOnlyList<DataExtent>? Extents { get; private set; }

    public static byte[] Write(SparseMap map)
    {
        // A file that ends in a hole has an empty piece at its end, as GNU tar writes it.
        var extents = map.Extents.Count > 0 && map.Extents[^1] is var last && last.Offset + last.Length == map.Size ? map.Extents : [.. map.Extents, new DataExtent(map.Size, 0)];
        var text = new StringBuilder().Append(extents.Count).Append('\n');
        foreach (var (offset, length) in extents) text.Append(offset).Append('\n').Append(length).Append('\n');
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        return [.. bytes, .. new byte[TarBlock.Padding(bytes.Length)]];
    }

    /// <summary>Takes bytes of the map until it is done, and what fills its last block.</summary>
    /// <returns>How many it took.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && (Extents is null || TarBlock.Padding(_taken) > 0))
        {
            if (Extents is null) Take(bytes[at]);
            at++;
            _taken++;
        }

        return at;
    }

    public bool IsDone => Extents is not null && TarBlock.Padding(_taken) == 0;

    private void Take(byte digit)
    {
        if (digit != (byte)'\n')
        {
            if (digit is < (byte)'0' or > (byte)'9' || ++_digits > MaxDigits) throw Bad();
            var next = (_number * 10) + (digit - '0');
            if (next < _number) throw Bad();
            _number = next;
            return;
        }

        if (_digits == 0) throw Bad();
        var number = _number;
        (_number, _digits) = (0, 0);
        if (_count is null)
        {
            if (number > SparseMap.MaxRead) throw new FormatException($"a sparse entry has more than {SparseMap.MaxRead} pieces");
            _count = number;
        }
        else if (_offset is not { } offset)
        {
            _offset = number;
        }
        else
        {
            _extents.Add(new DataExtent(offset, number));
            _offset = null;
        }

        if (_extents.Count == _count && _offset is null) Extents = _extents;
    }

    private static FormatException Bad() => new("a sparse entry's map is not well formed");
}
