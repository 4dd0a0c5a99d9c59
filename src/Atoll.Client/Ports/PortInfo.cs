namespace Atoll.Client.Ports;

/// <summary>A TCP port that something in the sandbox listens on, or that is exposed.</summary>
/// <param name="Address">What it is bound to; null when nobody listens.</param>
/// <param name="Exposed">Null: it is reached with a key of the team alone.</param>
public sealed record PortInfo(int Port, string? Address, int? Pid, string? Command, string? Url, ExposureInfo? Exposed);
