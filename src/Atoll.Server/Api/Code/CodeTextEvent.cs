namespace Atoll.Server.Api.Code;

/// <summary>Data of a <c>stdout</c> or <c>stderr</c> event.</summary>
internal sealed record CodeTextEvent(string Data);
