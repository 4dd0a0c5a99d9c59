namespace Atoll.Core.Teams;

/// <summary>A team as it is now.</summary>
/// <param name="Name">Unique in the installation.</param>
public sealed record Team(TeamId Id, string Name, TeamQuota Quota, TeamUse Use, DateTimeOffset CreatedAt);
