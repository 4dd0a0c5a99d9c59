using Atoll.Core.Machines;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What a disk stands on in the store.</summary>
/// <param name="Layers">From the first on; empty: it stands on nothing.</param>
/// <param name="Since">The disk of the last of them.</param>
/// <param name="Sent">How many bytes had to be sent for it.</param>
internal sealed record LayerGround(IReadOnlyList<ExportLayer> Layers, StreamedDisk? Since, long Sent)
{
    public static LayerGround None { get; } = new([], null, 0);

    /// <summary>All layers with the one that was to stand on them; it alone where it came to stand on nothing.</summary>
    public IReadOnlyList<ExportLayer> With(ExportLayer layer) => layer.Base is null ? [layer] : [.. Layers, layer];
}
