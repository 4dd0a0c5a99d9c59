using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Teams in memory.</summary>
internal sealed class FakeTeams : ITeams
{
    private readonly ConcurrentDictionary<string, (Caller Caller, ApiKey Key)> _keys = new();
    private int _count;

    public Task<Result<Caller>> AuthenticateAsync(string secret, CancellationToken cancellation) => Task.FromResult<Result<Caller>>(
        _keys.TryGetValue(secret, out var known) ? known.Caller : new Fault(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "Unknown."));

    public Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation) => Task.FromResult(_keys.IsEmpty ? Make(new("team_first"), "first") : null);

    public Task<Result<TeamId>> CreateTeamAsync(string name, CancellationToken cancellation) => Task.FromResult<Result<TeamId>>(new TeamId("team_" + name));

    public Task<Result<CreatedKey>> CreateKeyAsync(TeamId team, string name, CancellationToken cancellation) => Task.FromResult<Result<CreatedKey>>(Make(team, name));

    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(TeamId team, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ApiKey>>([.. _keys.Values.Select(known => known.Key).Where(key => key.Team == team)]);

    public Task<Result<Done>> RevokeKeyAsync(TeamId team, string keyId, CancellationToken cancellation)
    {
        var found = _keys.FirstOrDefault(pair => pair.Value.Key.Id == keyId && pair.Value.Key.Team == team);
        return Task.FromResult<Result<Done>>(found.Key is not null && _keys.TryRemove(found.Key, out _)
            ? Done.Value
            : new Fault(FaultCode.KeyNotFound, FaultSide.Caller, FaultStage.Lookup, "No such key."));
    }

    public CreatedKey Make(TeamId team, string name)
    {
        var number = Interlocked.Increment(ref _count);
        var secret = "atoll_" + name + number;
        var key = new ApiKey("key_" + number, team, name, secret[..8], TimeProvider.System.GetUtcNow(), null);
        _keys[secret] = (new Caller(team, team.Value, key.Id, name), key);
        return new(key, secret);
    }
}
