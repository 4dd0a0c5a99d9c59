using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Ports;

/// <summary>Somebody may reach a port.</summary>
/// <param name="How">How it is exposed.</param>
/// <param name="Token">The token that opened it; null when it is public.</param>
public sealed record AdmittedVisit(TeamId Team, ExposedPort How, string? Token);
