namespace Atoll.Server.Api.Processes;

/// <summary>Data of a <c>stdout</c> or <c>stderr</c> event.</summary>
/// <param name="Offset">Of the first byte.</param>
/// <param name="End">After the last.</param>
/// <param name="Data">Text, or base64 where that was asked for.</param>
internal sealed record OutputEvent(long Offset, long End, string Data);
