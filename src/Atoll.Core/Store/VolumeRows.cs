using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Atoll.Core.Volumes;

namespace Atoll.Core.Store;

/// <summary>Between a volume and its row.</summary>
internal static class VolumeRows
{
    public static VolumeRow ToRow(Volume volume) => new()
    {
        Id = volume.Id.Value,
        Team = volume.Team.Value,
        Name = volume.Name,
        SizeMiB = volume.SizeMiB,
        ReadOnly = volume.ReadOnly,
        Source = volume.Source?.Value,
        SharedBytes = volume.SharedBytes,
        Node = volume.Node,
        CreatedAt = volume.CreatedAt,
    };

    public static Volume ToVolume(VolumeRow row) => new()
    {
        Id = VolumeId.Parse(row.Id),
        Team = new(row.Team),
        Name = row.Name,
        SizeMiB = row.SizeMiB,
        ReadOnly = row.ReadOnly,
        Source = row.Source is { } source ? VolumeId.Parse(source) : null,
        SharedBytes = row.SharedBytes,
        Node = row.Node,
        CreatedAt = row.CreatedAt,
    };
}
