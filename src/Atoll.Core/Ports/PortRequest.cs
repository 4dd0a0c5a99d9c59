namespace Atoll.Core.Ports;

/// <summary>How a port is to be exposed.</summary>
/// <param name="Public">To anybody; else to whoever has the token.</param>
/// <param name="TtlSeconds">For how long; 0 for as long as the sandbox lives.</param>
public sealed record PortRequest(bool Public, double TtlSeconds);
