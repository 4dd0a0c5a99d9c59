using System.Globalization;
using System.Runtime.CompilerServices;
using Atoll.Client.Checkpoints;
using Atoll.Client.Http;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Saved moments of sandboxes: made, restored in place, forked into new sandboxes, compared.</summary>
public sealed class CheckpointsClient
{
    private const string PageSize = "1000";
    private readonly ApiConnection _connection;

    internal CheckpointsClient(ApiConnection connection) => _connection = connection;

    /// <summary>Saves a running sandbox, which goes on.</summary>
    public Task<CheckpointInfo> CreateAsync(string sandbox, CreateCheckpoint request, CancellationToken cancellation) => _connection.PostAsync(
        Query.Sandbox(sandbox, "/checkpoints"), request, AtollRequestJson.Default.CreateCheckpoint, AtollJson.Default.CheckpointInfo, cancellation, Guid.NewGuid().ToString("N"));

    public Task<CheckpointInfo> GetAsync(string id, CancellationToken cancellation) => _connection.GetAsync(Path(id), AtollJson.Default.CheckpointInfo, cancellation);

    /// <summary>Newest first, page by page.</summary>
    /// <param name="sandbox">Only this one's; null for all of the team's.</param>
    public async IAsyncEnumerable<CheckpointInfo> ListAsync(string? sandbox, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var query = new Query(sandbox is null ? "/v1/checkpoints" : Query.Sandbox(sandbox, "/checkpoints")).With("limit", PageSize).With("cursor", cursor);
            var page = await _connection.GetAsync(query.ToString(), AtollJson.Default.AtollPageCheckpointInfo, cancellation);
            foreach (var checkpoint in page.Items) yield return checkpoint;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Those after it stay as they are.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellation) => _connection.DeleteAsync(Path(id), cancellation);

    /// <param name="to">A checkpoint's id or a running sandbox's id or name; null for the sandbox it was made of.</param>
    /// <param name="limit">The most paths to name.</param>
    public Task<DiffInfo> DiffAsync(string id, string? to, int? limit, CancellationToken cancellation) => _connection.GetAsync(
        new Query(Path(id) + "/diff").With("to", to).With("limit", limit?.ToString(CultureInfo.InvariantCulture)).ToString(), AtollJson.Default.DiffInfo, cancellation);

    /// <summary>Puts a running sandbox back; returns it running again: its processes ended, or as they were in a checkpoint with memory.</summary>
    /// <param name="checkpoint">An id, or the name it has among this sandbox's.</param>
    public Task<SandboxInfo> RestoreAsync(string sandbox, string checkpoint, CancellationToken cancellation) => _connection.PostAsync(
        Query.Sandbox(sandbox, "/restore"), new RestoreSandbox(checkpoint), AtollRequestJson.Default.RestoreSandbox, AtollJson.Default.SandboxInfo, cancellation);

    /// <summary>New sandboxes of a running one as it is now.</summary>
    public Task<ForkReply> ForkSandboxAsync(string sandbox, ForkSandbox request, CancellationToken cancellation) => PostAsync(Query.Sandbox(sandbox, "/fork"), request, cancellation);

    /// <summary>New sandboxes from a checkpoint.</summary>
    public Task<ForkReply> ForkAsync(string id, ForkSandbox request, CancellationToken cancellation) => PostAsync(Path(id) + "/fork", request, cancellation);

    private Task<ForkReply> PostAsync(string path, ForkSandbox request, CancellationToken cancellation) =>
        _connection.PostAsync(path, request, AtollRequestJson.Default.ForkSandbox, AtollJson.Default.ForkReply, cancellation, Guid.NewGuid().ToString("N"));

    private static string Path(string id) => "/v1/checkpoints/" + Uri.EscapeDataString(id);
}
