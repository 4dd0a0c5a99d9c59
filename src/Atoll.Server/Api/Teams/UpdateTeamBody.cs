namespace Atoll.Server.Api.Teams;

/// <summary>What to change of a team; what is left out stays.</summary>
internal sealed record UpdateTeamBody
{
    public string? Name { get; init; }

    public QuotaBody? Quota { get; init; }
}
