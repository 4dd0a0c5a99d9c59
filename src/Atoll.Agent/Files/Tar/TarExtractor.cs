using Atoll.Agent.Files.Changing;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// Unpacks a tar stream as its bytes come (ustar, pax, GNU's long names and sparse files). Files appear whole, each by its temporary name; what an earlier entry made stays when a later one fails.
/// <code>archive = { extra* header content padding } zeros zeros</code>
/// Modes are kept as given, setuid bits too; owners by number, unless one is given; times of files. Names that are absolute or hold <c>..</c>, and devices, are refused.
/// </summary>
internal sealed class TarExtractor(byte[] path, Ownership? owner) : IDisposable
{
    private readonly ExtractRoot _root = new(path, owner ?? Ownership.Root);
    private readonly byte[] _header = new byte[TarBlock.Size];
    private readonly MemoryStream _extra = new();
    private readonly List<(byte Type, byte[] Value)> _extras = [];
    private Part _part = Part.Header;
    private byte _extraType;
    private int _headerUsed;
    private long _left;
    private int _padding;
    private int _zeroBlocks;
    private long _offset;
    private long _start;
    private long _modified;
    private FileWriter? _file;
    private SparseContent? _sparse;
    private TarMember? _unfinished;

    private enum Part
    {
        Header,
        Extra,
        File,
        Skipped,
        End,
    }

    public long Entries { get; private set; }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, _part switch
            {
                Part.Header => TarBlock.Size - _headerUsed,
                Part.End => bytes.Length,
                _ => (int)Math.Min(_left, int.MaxValue),
            });
            Guarded(bytes[..count]);
            _offset += count;
            bytes = bytes[count..];
            if (_part == Part.Header && _headerUsed == TarBlock.Size) Guarded(TakeHeader);
            while (_part is not (Part.Header or Part.End) && _left == 0) Guarded(FinishContent);
        }
    }

    /// <summary>The stream has ended.</summary>
    public void Finish()
    {
        if (_part == Part.End || (_part == Part.Header && _headerUsed == 0 && _zeroBlocks > 0)) return;
        throw Bad(_offset, "the archive ends too early");
    }

    public void Dispose()
    {
        _file?.Dispose();
        _root.Dispose();
        _extra.Dispose();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        switch (_part)
        {
            case Part.Header:
                if (_headerUsed == 0) _start = _offset;
                bytes.CopyTo(_header.AsSpan(_headerUsed));
                _headerUsed += bytes.Length;
                return;
            case Part.Extra:
                _extra.Write(bytes);
                break;
            case Part.File:
                if (_sparse is null) _file!.Write(bytes);
                else _sparse.Take(bytes);
                break;
        }

        _left -= bytes.Length;
    }

    private void TakeHeader()
    {
        _headerUsed = 0;
        if (_unfinished is { Sparse: { } map } waiting)
        {
            map.AddBlock(_header);
            if (!map.GoesOn) Finish(waiting);
            return;
        }

        if (!_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            if (++_zeroBlocks == 2) _part = Part.End;
            return;
        }

        _zeroBlocks = 0;
        var member = TarMember.Parse(_header);
        if (member.Type is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
        {
            if (member.Length > TarMember.MaxExtraBytes || _extras.Count > 8) throw new FormatException("an extended header is too large");
            _extraType = member.Type;
            Expect(Part.Extra, member.Length);
            return;
        }

        foreach (var (type, value) in _extras)
        {
            if (type == (byte)'x') member.ApplyPax(value);
            else member.ApplyLong(type, value);
        }

        _extras.Clear();
        if (member.Sparse is { GoesOn: true }) _unfinished = member;
        else Finish(member);
    }

    private void Finish(TarMember member)
    {
        _unfinished = null;
        Place(member);
        Entries++;
    }

    private void Place(TarMember member)
    {
        if (member.Uid is < 0 or > int.MaxValue || member.Gid is < 0 or > int.MaxValue) throw new FormatException("a user or group number is out of range");
        var who = owner ?? new Ownership((uint)member.Uid, (uint)member.Gid);
        var name = Relative(member.Name);
        switch ((char)member.Type)
        {
            // Before POSIX, a directory was a file whose name ends in a slash.
            case '0' or '\0' or '7' or 'S' when !member.Name.AsSpan().EndsWith("/"u8):
                RequireName(name);
                _file = FileWriter.Open(_root.Find(name), new WriteOptions(Parents: false, member.Mode, who, Overwrite: true));
                _sparse = member.Sparse is { } sparse ? new SparseContent(_file, sparse, member.Length) : null;
                _modified = member.Modified;
                Expect(Part.File, member.Length);
                return;
            case '0' or '\0' or '5':
                ExtractedEntries.MakeDirectory(_root, name, member.Mode, who);
                break;
            case '2':
                RequireName(name);
                if (member.LinkName is [] || member.LinkName.AsSpan().Contains((byte)0)) throw new FormatException("a symlink's target is empty or holds NUL");
                ExtractedEntries.MakeSymlink(_root, name, member.LinkName, who);
                break;
            case '1':
                RequireName(name);
                var linked = Relative(member.LinkName);
                RequireName(linked);
                ExtractedEntries.MakeLink(_root, name, linked);
                Expect(Part.Skipped, member.Length);
                return;
            case '6':
                RequireName(name);
                ExtractedEntries.MakeFifo(_root, name, member.Mode, who);
                break;
            case '3' or '4':
                throw new FormatException("device nodes are not unpacked");
            default:
                throw new FormatException($"entries of type {member.Type} are not supported");
        }

        Expect(Part.Skipped, member.Length);
    }

    private void Expect(Part part, long length) => (_part, _left, _padding) = (part, length, TarBlock.Padding(length));

    private void FinishContent()
    {
        if (_part == Part.Extra)
        {
            // Of 'g' records, which hold for all entries, none is of use here.
            if (_extraType != (byte)'g') _extras.Add((_extraType, _extra.ToArray()));
            _extra.SetLength(0);
        }
        else if (_part == Part.File)
        {
            using var file = _file!;
            _file = null;
            _sparse?.Finish();
            _sparse = null;
            file.SetModified(_modified);
            file.Commit();
        }

        (_part, _left, _padding) = _padding > 0 ? (Part.Skipped, (long)_padding, 0) : (Part.Header, 0L, 0);
    }

    private static byte[] Relative(byte[] name)
    {
        if (name is [(byte)'/', ..]) throw new FormatException("an entry's name is absolute");
        if (name.Length > GuestPath.MaxBytes || name.AsSpan().Contains((byte)0)) throw new FormatException("an entry's name is too long or holds NUL");
        var relative = GuestPath.Parse(name is [] ? "."u8 : name, "/"u8)[1..];
        foreach (var range in relative.AsSpan().Split((byte)'/'))
        {
            if (relative.AsSpan(range) is [(byte)'.', (byte)'.']) throw new FormatException("an entry's name holds '..'");
        }

        return relative;
    }

    private static void RequireName(byte[] name)
    {
        if (name.Length == 0) throw new FormatException("an entry has no name");
    }

    private void Guarded(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Take(bytes);
        }
        catch (FormatException failure)
        {
            throw Bad(_start, failure.Message);
        }
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (FormatException failure)
        {
            throw Bad(_start, failure.Message);
        }
    }

    private static FileFailure Bad(long offset, string what) => FileFailure.Invalid($"The archive is bad at byte {offset}: {what}");
}
