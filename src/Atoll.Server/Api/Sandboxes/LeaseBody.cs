namespace Atoll.Server.Api.Sandboxes;

/// <param name="Seconds">From now on; more than 0, at most 86400.</param>
/// <param name="Name">For people.</param>
internal sealed record LeaseBody(double Seconds, string? Name = null);
