using System.Runtime.CompilerServices;
using Atoll.Client.Http;
using Atoll.Client.Volumes;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Storage that outlives sandboxes and can be mounted in several. By id or name.</summary>
public sealed class VolumesClient
{
    private const string PageSize = "1000";
    private readonly ApiConnection _connection;

    internal VolumesClient(ApiConnection connection) => _connection = connection;

    public Task<VolumeInfo> CreateAsync(CreateVolume request, CancellationToken cancellation) => PostAsync("/v1/volumes", request, cancellation);

    public Task<VolumeInfo> GetAsync(string volume, CancellationToken cancellation) => _connection.GetAsync(Path(volume), AtollJson.Default.VolumeInfo, cancellation);

    /// <summary>Newest first, page by page.</summary>
    public async IAsyncEnumerable<VolumeInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await _connection.GetAsync(new Query("/v1/volumes").With("limit", PageSize).With("cursor", cursor).ToString(), AtollJson.Default.AtollPageVolumeInfo, cancellation);
            foreach (var volume in page.Items) yield return volume;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    public Task<VolumeInfo> UpdateAsync(string volume, UpdateVolume request, CancellationToken cancellation) =>
        _connection.PatchAsync(Path(volume), request, AtollRequestJson.Default.UpdateVolume, AtollJson.Default.VolumeInfo, cancellation);

    /// <summary>With all that is in it; its snapshots and clones stay.</summary>
    public Task DeleteAsync(string volume, CancellationToken cancellation) => _connection.DeleteAsync(Path(volume), cancellation);

    /// <summary>A volume as this one is now, for good.</summary>
    public Task<VolumeInfo> SnapshotAsync(string volume, string? name, CancellationToken cancellation) => PostAsync(Path(volume) + "/snapshot", new(name), cancellation);

    /// <summary>A volume that begins as this one, or this snapshot, is now.</summary>
    public Task<VolumeInfo> CloneAsync(string volume, CreateVolume request, CancellationToken cancellation) => PostAsync(Path(volume) + "/clone", request, cancellation);

    /// <summary>Files of one volume, while no sandbox has it mounted.</summary>
    public VolumeFilesClient Files(string volume) => new(_connection, Path(volume));

    private Task<VolumeInfo> PostAsync(string path, CreateVolume request, CancellationToken cancellation) =>
        _connection.PostAsync(path, request, AtollRequestJson.Default.CreateVolume, AtollJson.Default.VolumeInfo, cancellation, Guid.NewGuid().ToString("N"));

    private static string Path(string volume) => "/v1/volumes/" + Uri.EscapeDataString(volume);
}
