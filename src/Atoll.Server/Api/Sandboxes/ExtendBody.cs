namespace Atoll.Server.Api.Sandboxes;

/// <param name="Seconds">The sandbox's time ends at least this long from now.</param>
internal sealed record ExtendBody(double Seconds);
