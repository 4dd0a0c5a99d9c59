namespace Atoll.Client.Teams;

/// <summary>A team, what it may have, and what it has.</summary>
public sealed record TeamInfo(string Id, string Name, QuotaInfo? Quota, TeamUseInfo? Use, DateTimeOffset? CreatedAt);
