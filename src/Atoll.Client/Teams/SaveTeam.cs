namespace Atoll.Client.Teams;

internal sealed record SaveTeam(string? Name, QuotaInfo? Quota);
