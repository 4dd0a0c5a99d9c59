namespace Atoll.Core.Store.Rows;

/// <summary>A volume as it is stored. One that was deleted is gone.</summary>
internal sealed class VolumeRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public string? Name { get; set; }

    public required int SizeMiB { get; set; }

    public required bool ReadOnly { get; set; }

    public string? Source { get; set; }

    public required long SharedBytes { get; set; }

    public required string Node { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
