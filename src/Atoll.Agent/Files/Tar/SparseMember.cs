using System.Text;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// What headers say of an entry's holes, in each of GNU tar's ways: its own type of entry (<c>S</c>, the pieces in the header and in blocks behind it), and pax records
/// (0.0 a record for each number, 0.1 all in one, 1.0 the map before the content).
/// </summary>
internal sealed class SparseMember
{
    private const int InHeader = 386;
    private const int CountInHeader = 4;
    private const int CountInBlock = 21;
    private const int NumberBytes = 12;
    private const int PieceBytes = 2 * NumberBytes;
    private const int GoesOnInHeader = 482;
    private const int GoesOnInBlock = 504;
    private static readonly Range SizeInHeader = 483..495;

    private readonly List<DataExtent> _extents = [];
    private long _offset = -1;
    private long _major;

    public byte[]? Name { get; private set; }

    public long Size { get; private set; } = -1;

    /// <summary>A block with more pieces comes before the content.</summary>
    public bool GoesOn { get; private set; }

    /// <summary>Null where the content begins with them.</summary>
    public IReadOnlyList<DataExtent>? Extents => _major == 1 ? null : _extents;

    /// <summary>Of a header of type <c>S</c>.</summary>
    public static SparseMember Parse(ReadOnlySpan<byte> header)
    {
        var sparse = new SparseMember { Size = TarMember.Number(header[SizeInHeader]), GoesOn = header[GoesOnInHeader] != 0 };
        sparse.Add(header[InHeader..], CountInHeader);
        return sparse;
    }

    public void AddBlock(ReadOnlySpan<byte> block)
    {
        Add(block, CountInBlock);
        GoesOn = block[GoesOnInBlock] != 0;
    }

    /// <summary>A pax record whose key begins with <c>GNU.sparse.</c></summary>
    public void Apply(string key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case "major":
                _major = TarMember.Whole(value);
                if (_major is not (0 or 1)) throw new FormatException($"sparse entries of format {_major} are not known");
                break;
            case "name":
                Name = value.ToArray();
                break;
            case "size" or "realsize":
                Size = TarMember.Whole(value);
                break;
            case "offset":
                _offset = TarMember.Whole(value);
                break;
            case "numbytes":
                Add(_offset, TarMember.Whole(value));
                break;
            case "map":
                AddAll(Encoding.ASCII.GetString(value).Split(','));
                break;
        }
    }

    private void AddAll(string[] numbers)
    {
        if (numbers.Length % 2 != 0) throw new FormatException("a sparse entry's map is not well formed");
        for (var i = 0; i < numbers.Length; i += 2) Add(TarMember.Whole(numbers[i]), TarMember.Whole(numbers[i + 1]));
    }

    private void Add(ReadOnlySpan<byte> pieces, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var piece = pieces.Slice(i * PieceBytes, PieceBytes);
            if (piece[NumberBytes] == 0) return;
            Add(TarMember.Number(piece[..NumberBytes]), TarMember.Number(piece[NumberBytes..]));
        }
    }

    private void Add(long offset, long length)
    {
        if (_extents.Count == SparseMap.MaxRead) throw new FormatException($"a sparse entry has more than {SparseMap.MaxRead} pieces");
        _extents.Add(new DataExtent(offset, length));
    }
}
