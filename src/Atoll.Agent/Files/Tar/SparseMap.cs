namespace Atoll.Agent.Files.Tar;

/// <summary>Where the data of a file with holes lies: all else is zeros that take no room. Extents are in order and do not overlap.</summary>
/// <param name="Size">The file's, holes included.</param>
internal sealed record SparseMap(long Size, IReadOnlyList<DataExtent> Extents)
{
    /// <summary>As many pieces as are told of one file when it is written; what is left then is one piece, its holes written out.</summary>
    public const int MaxWritten = 16 * 1024;

    /// <summary>As many as are taken of one member: 4 MiB of memory, from whoever made the archive.</summary>
    public const int MaxRead = 256 * 1024;

    public long DataBytes => Extents.Sum(extent => extent.Length);

    /// <summary>What an archive says of a member's holes, believed only where it can be so.</summary>
    public static SparseMap Checked(long size, IReadOnlyList<DataExtent> extents)
    {
        if (size < 0) throw new FormatException("a sparse entry's size is negative");
        if (extents.Count > MaxRead) throw new FormatException($"a sparse entry has more than {MaxRead} pieces");
        long end = 0;
        foreach (var (offset, length) in extents)
        {
            if (offset < end || length < 0 || length > size - offset) throw new FormatException("a sparse entry's pieces overlap, or lie outside it");
            end = offset + length;
        }

        return new SparseMap(size, extents);
    }
}
