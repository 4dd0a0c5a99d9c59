namespace Atoll.Server.Api.Ports;

/// <summary>A TCP port that something in the sandbox listens on, or that is exposed.</summary>
/// <param name="Address">What it is bound to; null when nobody listens.</param>
/// <param name="Url">Where it is reached from outside.</param>
/// <param name="Exposed">How it is reached without a key; null when it is not.</param>
internal sealed record PortView(int Port, string? Address, int? Pid, string? Command, string Url, ExposureView? Exposed);
