namespace Atoll.Client.Ports;

/// <param name="Public">To anybody; else to whoever has the token.</param>
/// <param name="TtlSeconds">For how long; null or 0 for as long as the sandbox lives.</param>
public sealed record ExposePort(bool? Public = null, double? TtlSeconds = null);
