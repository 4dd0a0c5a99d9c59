using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Teams, keys and users in memory.</summary>
internal sealed class FakeTeams : ITeams, IKeys, IUsers
{
    private readonly ConcurrentDictionary<string, (KeyHolder Caller, ApiKey Key)> _keys = new();
    private readonly ConcurrentDictionary<string, Team> _teams = new();
    private readonly ConcurrentDictionary<string, TeamUser> _users = new();
    private int _count;

    public NewKey? LastKey { get; private set; }

    public Task<Result<KeyHolder>> AuthenticateAsync(string secret, CancellationToken cancellation) => Task.FromResult(
        Find(secret) ?? new Fault(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "Unknown."));

    private Result<KeyHolder>? Find(string secret)
    {
        if (!_keys.TryGetValue(secret, out var known)) return null;
        return known.Key.Name == "expired" ? new Fault(FaultCode.KeyExpired, FaultSide.Caller, FaultStage.Request, "It has expired.") : known.Caller;
    }

    public Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation) => Task.FromResult(_keys.IsEmpty ? Make(new("team_first"), "first") : null);

    public Task<Result<CreatedKey>> CreateAsync(TeamId team, NewKey key, KeyHolder by, CancellationToken cancellation)
    {
        LastKey = key;
        return Task.FromResult<Result<CreatedKey>>(Make(team, key.Name, key.Scopes ?? KeyScopes.Full));
    }

    Task<IReadOnlyList<ApiKey>> IKeys.ListAsync(TeamId team, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ApiKey>>([.. _keys.Values.Select(known => known.Key).Where(key => key.Team == team)]);

    public Task<Result<Done>> RevokeAsync(TeamId team, string keyId, KeyHolder by, CancellationToken cancellation)
    {
        var found = _keys.FirstOrDefault(pair => pair.Value.Key.Id == keyId && pair.Value.Key.Team == team);
        if (found.Key is null || !_keys.TryRemove(found.Key, out var revoked)) return Task.FromResult<Result<Done>>(new Fault(FaultCode.KeyNotFound, FaultSide.Caller, FaultStage.Lookup, "No such key."));
        revoked.Caller.Grant.End(new(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "The API key was revoked."));
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<IReadOnlyList<Team>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Team>>([.. _teams.Values]);

    public Task<Result<Team>> FindAsync(string idOrName, CancellationToken cancellation) =>
        Task.FromResult<Result<Team>>(_teams.Values.FirstOrDefault(x => x.Id.Value == idOrName || x.Name == idOrName) is { } team ? team : NoTeam);

    public Task<Result<Team>> CreateAsync(string name, TeamUpdate quota, CancellationToken cancellation) => Task.FromResult<Result<Team>>(Add(new("team_" + name), name, quota));

    public Task<Result<Team>> UpdateAsync(string idOrName, TeamUpdate update, CancellationToken cancellation) =>
        Task.FromResult<Result<Team>>(_teams.TryGetValue(idOrName, out var team) ? Add(team.Id, update.Name ?? team.Name, update) : NoTeam);

    public Task<Result<Done>> RemoveAsync(string idOrName, CancellationToken cancellation) => Task.FromResult<Result<Done>>(_teams.TryRemove(idOrName, out _) ? Done.Value : NoTeam);

    Task<IReadOnlyList<TeamUser>> IUsers.ListAsync(TeamId team, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<TeamUser>>([.. _users.Values.Where(user => user.Team == team)]);

    public Task<Result<TeamUser>> CreateAsync(TeamId team, string name, string? email, UserRole role, CancellationToken cancellation) =>
        Task.FromResult<Result<TeamUser>>(_users["user_" + name] = new("user_" + name, team, name, email, role, TimeProvider.System.GetUtcNow()));

    public Task<Result<TeamUser>> ChangeRoleAsync(TeamId team, string idOrName, UserRole role, KeyHolder by, CancellationToken cancellation) =>
        Task.FromResult<Result<TeamUser>>(_users.TryGetValue(idOrName, out var user) && user.Team == team ? _users[idOrName] = user with { Role = role } : NoUser);

    public Task<Result<Done>> RemoveAsync(TeamId team, string idOrName, KeyHolder by, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(_users.TryGetValue(idOrName, out var user) && user.Team == team && _users.TryRemove(idOrName, out _) ? Done.Value : NoUser);

    public CreatedKey Make(TeamId team, string name, KeyScopes scopes = KeyScopes.All)
    {
        var number = Interlocked.Increment(ref _count);
        var secret = "atoll_" + name + number;
        var key = new ApiKey("key_" + number, team, name, secret[..8], scopes, null, TimeProvider.System.GetUtcNow(), null, null);
        _keys[secret] = (new KeyHolder(team, team.Value, key.Id, name, scopes) { Grant = new() }, key);
        _teams.GetOrAdd(team.Value, _ => new(team, team.Value, new(), new(0, 0, 0, 0), TimeProvider.System.GetUtcNow()));
        return new(key, secret);
    }

    private static Fault NoTeam { get; } = new(FaultCode.TeamNotFound, FaultSide.Caller, FaultStage.Lookup, "No such team.");

    private static Fault NoUser { get; } = new(FaultCode.TeamUserNotFound, FaultSide.Caller, FaultStage.Lookup, "No such user.");

    private Team Add(TeamId id, string name, TeamUpdate quota) => _teams[id.Value] = new(
        id,
        name,
        new(quota.Sandboxes ?? 0, quota.Cpu ?? 0, quota.MemoryMiB ?? 0, quota.DiskMiB ?? 0, quota.CreatesPerMinute ?? 0),
        new(0, 0, 0, 0),
        TimeProvider.System.GetUtcNow());
}
