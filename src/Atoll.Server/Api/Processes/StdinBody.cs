namespace Atoll.Server.Api.Processes;

/// <summary>More for a process's stdin.</summary>
/// <param name="Text">As UTF-8; or <paramref name="Base64"/> for bytes.</param>
/// <param name="Offset">Where in the whole of stdin it belongs, so that it may be sent again; left out, it is appended.</param>
/// <param name="End">Close stdin after it.</param>
internal sealed record StdinBody(string? Text = null, string? Base64 = null, long? Offset = null, bool? End = null);
