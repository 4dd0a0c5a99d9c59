namespace Atoll.Client.Ports;

/// <summary>How a port is exposed.</summary>
/// <param name="Public">To anybody; else to whoever has its token.</param>
public sealed record ExposureInfo(bool Public, DateTimeOffset? CreatedAt, DateTimeOffset? ExpiresAt);
