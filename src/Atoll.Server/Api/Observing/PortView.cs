namespace Atoll.Server.Api.Observing;

/// <summary>A TCP port that something in the sandbox listens on.</summary>
internal sealed record PortView(int Port, string Address, int? Pid, string? Command);
