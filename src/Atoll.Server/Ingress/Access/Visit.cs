using Atoll.Core.Ports;
using Atoll.Core.Teams;

namespace Atoll.Server.Ingress.Access;

/// <summary>A request that may go to a port.</summary>
/// <param name="Team">Whose sandbox it is, or must be.</param>
/// <param name="Exposure">How the port lets it in; null when it comes with a key of the team.</param>
/// <param name="Key">The key's grant; one that lasts where an exposure lets it in, which has its own.</param>
internal sealed record Visit(TeamId Team, AdmittedVisit? Exposure, Grant Key);
