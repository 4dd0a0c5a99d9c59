using System.Buffers;
using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// Finds a file's holes: those that the filesystem tells of, and where it tells of none, as gVisor never does, those that can be read: long runs of zeros. A large file is read through
/// for them only when a few places in it were zeros.
/// </summary>
internal static class HoleFinder
{
    /// <summary>Fewer bytes of holes than this are not worth an entry that simple readers of archives do not understand.</summary>
    public const long WorthIt = 1024 * 1024;

    /// <summary>Shorter runs of zeros count as data, which keeps the map small.</summary>
    private const int ShortestHole = 64 * 1024;

    /// <summary>Nothing is sent while it is read through, and who waits for the first byte does not wait for ever: what lies behind counts as data.</summary>
    private const long MostRead = 1024 * 1024 * 1024;

    private const int Looks = 32;
    private const int LookBytes = 4096;
    private const int StepBytes = 256 * 1024;

    /// <returns>Null when the file is to be written as it is.</returns>
    public static SparseMap? Find(Descriptor file, long size, CancellationToken cancellation)
    {
        if (size < WorthIt) return null;
        var told = Told(file, size, cancellation);
        var map = told.DataBytes < size ? told : LooksEmpty(file, size) ? Read(file, size, cancellation) : told;
        return size - map.DataBytes < WorthIt ? null : map;
    }

    private static SparseMap Told(Descriptor file, long size, CancellationToken cancellation)
    {
        List<DataExtent> extents = [];
        long position = 0;
        while (position < size && DataCalls.NextData(file, position) is { } start && start < size)
        {
            cancellation.ThrowIfCancellationRequested();
            var end = extents.Count == SparseMap.MaxWritten - 1 ? size : DataCalls.NextHole(file, start, size);
            Add(extents, start, end);
            position = end;
        }

        return new SparseMap(size, extents);
    }

    private static bool LooksEmpty(Descriptor file, long size)
    {
        Span<byte> buffer = stackalloc byte[LookBytes];
        var zeros = 0;
        for (var look = 0; look < Looks; look++)
        {
            var count = DataCalls.ReadAt(file, buffer, size / Looks * look, out _);
            if (count > 0 && !buffer[..count].ContainsAnyExcept((byte)0)) zeros++;
        }

        return zeros >= Looks / 4;
    }

    /// <summary>What cannot be read counts as data: the one who writes it meets the failure.</summary>
    private static SparseMap Read(Descriptor file, long size, CancellationToken cancellation)
    {
        List<DataExtent> extents = [];
        var buffer = ArrayPool<byte>.Shared.Rent(StepBytes);
        try
        {
            long position = 0;
            while (position < Math.Min(size, MostRead) && extents.Count < SparseMap.MaxWritten - 1)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = DataCalls.ReadAt(file, buffer.AsSpan(0, (int)Math.Min(StepBytes, size - position)), position, out _);
                if (count <= 0) break;
                for (var at = 0; at < count; at += ShortestHole)
                {
                    var piece = buffer.AsSpan(at, Math.Min(ShortestHole, count - at));
                    if (piece.ContainsAnyExcept((byte)0)) Add(extents, position + at, position + at + piece.Length);
                }

                position += count;
            }

            if (position < size) Add(extents, position, size);
            return new SparseMap(size, extents);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Add(List<DataExtent> extents, long start, long end)
    {
        if (extents.Count > 0 && extents[^1] is var last && last.Offset + last.Length == start) extents[^1] = last with { Length = end - last.Offset };
        else extents.Add(new DataExtent(start, end - start));
    }
}
