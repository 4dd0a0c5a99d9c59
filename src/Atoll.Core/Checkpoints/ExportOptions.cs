namespace Atoll.Core.Checkpoints;

/// <summary>Bounds of exports and imports. Section <c>Exports</c>.</summary>
public sealed class ExportOptions
{
    public const string Section = "Exports";

    /// <summary>How large a part becomes, compressed. An export or import holds one or two in memory. Default 16 MiB; 1 MiB to 64 MiB.</summary>
    public int PartBytes { get; set; } = 16 << 20;

    /// <summary>How many bytes the streams and the memory of one export may have, uncompressed. Default 256 GiB; 1 MiB to 16 TiB.</summary>
    public long MostBytes { get; set; } = 256L << 30;

    /// <summary>How many files, directories and links an imported disk may have. Default 10,000,000; 1,000 to 1,000,000,000.</summary>
    public long MostEntries { get; set; } = 10_000_000;

    /// <summary>How many layers an export stands on at most; then it begins again at its template. Default 32; 1 to 256.</summary>
    public int MostLayers { get; set; } = 32;

    /// <summary>How many exports and imports are under way at one time; more wait. Uploaded files are imported beside them, four times as many, and more are refused. Default 2; 1 to 32. Each takes up to a core.</summary>
    public int AtOnce { get; set; } = 2;

    /// <summary>
    /// Whether checkpoints with memory may be imported from uploaded files. Default false: the runtime goes on from what such a file says its memory is, so whoever writes one by hand is one wall nearer
    /// to the host. By key they always may, because only servers write into the object store.
    /// </summary>
    public bool UploadedMemory { get; set; }

    /// <summary>zstd's level. Default 3; 1 to 19. Above 3 it is several times slower, for a few percent.</summary>
    public int Level { get; set; } = 3;
}
