namespace Atoll.Server.Api.Teams;

/// <param name="Name">Unique in the installation: 1 to 100 characters, without a slash.</param>
/// <param name="Quota">Left out: no limits.</param>
internal sealed record CreateTeamBody(string Name, QuotaBody? Quota = null);
