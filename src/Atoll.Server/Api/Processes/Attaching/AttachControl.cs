namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>A control message from the client.</summary>
internal sealed record AttachControl(string Type, int? Cols = null, int? Rows = null, string? Signal = null, bool? Group = null);
