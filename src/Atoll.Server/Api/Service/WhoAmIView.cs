using Atoll.Core.Teams;

namespace Atoll.Server.Api.Service;

/// <summary>Whom the presented key belongs to, and what it may do.</summary>
/// <param name="User">The id of the user whose key it is; null for the team's own.</param>
/// <param name="Scopes">What it may do now: the key's scopes within its user's role.</param>
internal sealed record WhoAmIView(string Team, string TeamName, string KeyId, string KeyName, string? User, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    public static WhoAmIView Of(KeyHolder caller) =>
        new(caller.Team.Value, caller.TeamName, caller.KeyId, caller.KeyName, caller.UserId, ScopeWords.Of(caller.Scopes), caller.ExpiresAt);
}
