using Atoll.Agent.Files.Changing;

namespace Atoll.Agent.Files.Tar;

/// <summary>Writes an entry's pieces to where they belong in a file that is a hole otherwise, as its content's bytes come.</summary>
/// <param name="length">Of the content, with the map where that begins it.</param>
internal sealed class SparseContent(FileWriter file, SparseMember member, long length)
{
    private readonly SparseText _text = new();
    private IReadOnlyList<DataExtent>? _extents;
    private int _at;
    private long _written;

    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (_extents is null)
        {
            bytes = member.Extents is null ? bytes[_text.Take(bytes)..] : bytes;
            if (member.Extents is null && !_text.IsDone) return;
            Begin();
        }

        while (!bytes.IsEmpty)
        {
            // What Begin has checked: the pieces hold all bytes that come.
            var (offset, size) = _extents![_at];
            if (_written == size)
            {
                _at++;
                _written = 0;
                continue;
            }

            if (_written == 0) file.MoveTo(offset);
            var part = bytes[..(int)Math.Min(bytes.Length, size - _written)];
            file.Write(part);
            _written += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>All of the content has come.</summary>
    public void Finish()
    {
        if (_extents is not null) return;
        if (member.Extents is null && !_text.IsDone) throw new FormatException("a sparse entry ends before its map");
        Begin();
    }

    private void Begin()
    {
        var map = SparseMap.Checked(member.Size, member.Extents ?? _text.Extents!);
        if (map.DataBytes != length - _text.Taken) throw new FormatException("a sparse entry's pieces are not as long as its content");
        file.SetLength(map.Size);
        _extents = map.Extents;
    }
}
