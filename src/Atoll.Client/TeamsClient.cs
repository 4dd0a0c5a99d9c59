using Atoll.Client.Http;
using Atoll.Client.Teams;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Teams: the key's own, and for operators every one, by id or name.</summary>
public sealed class TeamsClient
{
    private readonly ApiConnection _connection;

    internal TeamsClient(ApiConnection connection) => _connection = connection;

    public Task<TeamInfo> OwnAsync(CancellationToken cancellation) => _connection.GetAsync("/v1/team", AtollJson.Default.TeamInfo, cancellation);

    public async Task<IReadOnlyList<TeamInfo>> ListAsync(CancellationToken cancellation) =>
        (await _connection.GetAsync("/v1/teams", AtollJson.Default.AtollPageTeamInfo, cancellation)).Items;

    public Task<TeamInfo> GetAsync(string team, CancellationToken cancellation) => _connection.GetAsync(Path(team), AtollJson.Default.TeamInfo, cancellation);

    public Task<TeamInfo> CreateAsync(string name, QuotaInfo? quota, CancellationToken cancellation) =>
        _connection.PostAsync("/v1/teams", new SaveTeam(name, quota), AtollRequestJson.Default.SaveTeam, AtollJson.Default.TeamInfo, cancellation);

    public Task<TeamInfo> RenameAsync(string team, string name, CancellationToken cancellation) => SaveAsync(team, new(name, null), cancellation);

    /// <summary>What is null in <paramref name="quota"/> stays as it is.</summary>
    public Task<TeamInfo> SetQuotaAsync(string team, QuotaInfo quota, CancellationToken cancellation) => SaveAsync(team, new(null, quota), cancellation);

    /// <summary>Only a team without living sandboxes, checkpoints, volumes and exports; its users and keys go with it.</summary>
    public Task RemoveAsync(string team, CancellationToken cancellation) => _connection.DeleteAsync(Path(team), cancellation);

    private static string Path(string team) => "/v1/teams/" + Uri.EscapeDataString(team);

    private Task<TeamInfo> SaveAsync(string team, SaveTeam change, CancellationToken cancellation) =>
        _connection.PatchAsync(Path(team), change, AtollRequestJson.Default.SaveTeam, AtollJson.Default.TeamInfo, cancellation);
}
