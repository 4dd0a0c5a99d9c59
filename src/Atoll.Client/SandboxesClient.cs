using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Client.Checkpoints;
using Atoll.Client.Http;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Sandboxes of the key's team. A sandbox is named by its id or its name.</summary>
public sealed class SandboxesClient
{
    // The server's largest page: a list of a team's sandboxes is rarely longer.
    private const string PageSize = "1000";

    private readonly ApiConnection _connection;

    internal SandboxesClient(ApiConnection connection) => _connection = connection;

    /// <summary>Returns it running: the next command runs at once.</summary>
    /// <param name="idempotencyKey">The same key with the same request again returns the same sandbox.</param>
    public Task<SandboxInfo> CreateAsync(CreateSandbox request, string? idempotencyKey, CancellationToken cancellation) =>
        _connection.PostAsync("/v1/sandboxes", request, AtollRequestJson.Default.CreateSandbox, AtollJson.Default.SandboxInfo, cancellation, idempotencyKey);

    public Task<SandboxInfo> GetAsync(string idOrName, CancellationToken cancellation) =>
        _connection.GetAsync(Query.Sandbox(idOrName), AtollJson.Default.SandboxInfo, cancellation);

    /// <summary>All that match, newest first, page by page.</summary>
    public async IAsyncEnumerable<SandboxInfo> ListAsync(SandboxFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var query = new Query("/v1/sandboxes").With("limit", PageSize).With("cursor", cursor).With("name", filter.Name);
            if (filter.States.Count > 0) query = query.With("state", string.Join(',', filter.States));
            foreach (var (key, value) in filter.Metadata) query = query.With("metadata." + key, value);
            var page = await _connection.GetAsync(query.ToString(), AtollJson.Default.AtollPageSandboxInfo, cancellation);
            foreach (var sandbox in page.Items) yield return sandbox;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    public Task<SandboxInfo> ExtendAsync(string idOrName, double seconds, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(idOrName, "/extend"), new ExtendSandbox(seconds), AtollRequestJson.Default.ExtendSandbox, AtollJson.Default.SandboxInfo, cancellation);

    /// <summary>Its processes stand still; their memory stays.</summary>
    public Task<SandboxInfo> PauseAsync(string idOrName, CancellationToken cancellation) => TurnAsync(idOrName, "/pause", cancellation);

    /// <summary>Memory and processes are saved, and freed.</summary>
    public Task<SandboxInfo> SuspendAsync(string idOrName, CancellationToken cancellation) => TurnAsync(idOrName, "/suspend", cancellation);

    /// <summary>Its processes end; its disk stays.</summary>
    public Task<SandboxInfo> StopAsync(string idOrName, CancellationToken cancellation) => TurnAsync(idOrName, "/stop", cancellation);

    /// <summary>Has it run again, whatever way it sleeps.</summary>
    public Task<SandboxInfo> ResumeAsync(string idOrName, CancellationToken cancellation) => TurnAsync(idOrName, "/resume", cancellation);

    /// <summary>The same, by the name that goes with <see cref="StopAsync"/>.</summary>
    public Task<SandboxInfo> StartAsync(string idOrName, CancellationToken cancellation) => TurnAsync(idOrName, "/start", cancellation);

    /// <param name="progress">Told, about twice a second, how far the disk of an archived one is.</param>
    public Task<SandboxInfo> StartAsync(string idOrName, Action<TransferInfo>? progress, CancellationToken cancellation) => FollowAsync(idOrName, "/start", progress, cancellation);

    /// <summary>Its disk goes into the server's object store, and is freed there; its processes end. Cancelling does not give it up.</summary>
    /// <param name="progress">Told how far it is, about twice a second.</param>
    public Task<SandboxInfo> ArchiveAsync(string idOrName, Action<TransferInfo>? progress, CancellationToken cancellation) => FollowAsync(idOrName, "/archive", progress, cancellation);

    /// <summary>Until the lease's deadline, idleness does nothing to the sandbox.</summary>
    /// <param name="seconds">At most a day.</param>
    public Task<LeaseInfo> TakeLeaseAsync(string idOrName, double seconds, string? name, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(idOrName, "/leases"), new TakeLease(seconds, name), AtollRequestJson.Default.TakeLease, AtollJson.Default.LeaseInfo, cancellation);

    public async Task<IReadOnlyList<LeaseInfo>> ListLeasesAsync(string idOrName, CancellationToken cancellation) =>
        (await _connection.GetAsync(Query.Sandbox(idOrName, "/leases"), AtollJson.Default.AtollPageLeaseInfo, cancellation)).Items;

    public Task GiveBackLeaseAsync(string idOrName, string lease, CancellationToken cancellation) =>
        _connection.DeleteAsync(Query.Sandbox(idOrName, "/leases/" + Uri.EscapeDataString(lease)), cancellation);

    /// <summary>When this returns, its processes are gone.</summary>
    public Task DeleteAsync(string idOrName, CancellationToken cancellation) => _connection.DeleteAsync(Query.Sandbox(idOrName), cancellation);

    /// <summary>Usage samples from a time on, oldest first.</summary>
    public async Task<IReadOnlyList<UsageSample>> UsageAsync(string idOrName, DateTimeOffset? start, CancellationToken cancellation) =>
        (await _connection.GetAsync(
            new Query(Query.Sandbox(idOrName, "/metrics")).With("start", start?.ToString("O", CultureInfo.InvariantCulture)).ToString(),
            AtollJson.Default.AtollPageUsageSample,
            cancellation)).Items;

    /// <summary>The sandbox's journal, oldest first; with <paramref name="follow"/>, then new lines until cancelled or the sandbox ends.</summary>
    public async IAsyncEnumerable<LogLine> LogsAsync(string idOrName, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!follow)
        {
            var page = await _connection.GetAsync(Path(idOrName, after, follow), AtollJson.Default.AtollPageLogLine, cancellation);
            foreach (var line in page.Items) yield return line;
            yield break;
        }

        await foreach (var item in EventStream.ReadAsync(_connection, last => Path(idOrName, ParseOr(last, after), follow), cancellation))
        {
            if (JsonSerializer.Deserialize(item.Data, AtollJson.Default.LogLine) is { } line) yield return line;
        }
    }

    private async Task<SandboxInfo> FollowAsync(string idOrName, string rest, Action<TransferInfo>? progress, CancellationToken cancellation)
    {
        using var response = await _connection.SendAsync(HttpMethod.Post, Query.Sandbox(idOrName, rest), null, cancellation, accept: TransferStream.EventType);
        return await TransferStream.FollowAsync(_connection, response, AtollJson.Default.SandboxInfo, progress, cancellation);
    }

    private Task<SandboxInfo> TurnAsync(string idOrName, string step, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(idOrName, step), AtollJson.Default.SandboxInfo, cancellation);

    private static string Path(string idOrName, long after, bool follow) =>
        new Query(Query.Sandbox(idOrName, "/logs"))
            .With("after", after == 0 ? null : after.ToString(CultureInfo.InvariantCulture))
            .With("follow", follow ? "true" : null).ToString();

    private static long ParseOr(string? text, long other) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : other;
}
