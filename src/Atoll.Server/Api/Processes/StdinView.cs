namespace Atoll.Server.Api.Processes;

/// <param name="Offset">How much of stdin is now with the process.</param>
internal sealed record StdinView(long Offset);
