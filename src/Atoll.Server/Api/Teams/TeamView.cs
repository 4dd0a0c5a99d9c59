using Atoll.Core.Teams;

namespace Atoll.Server.Api.Teams;

/// <summary>A team, what it may have, and what it has.</summary>
internal sealed record TeamView(string Id, string Name, QuotaView Quota, TeamUseView Use, DateTimeOffset CreatedAt)
{
    public static TeamView Of(Team team) => new(team.Id.Value, team.Name, QuotaView.Of(team.Quota), TeamUseView.Of(team.Use), team.CreatedAt);
}
