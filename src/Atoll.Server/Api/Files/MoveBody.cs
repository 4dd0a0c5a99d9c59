namespace Atoll.Server.Api.Files;

/// <param name="Overwrite">Replace a file that is there; false unless said otherwise.</param>
internal sealed record MoveBody(string From, string To, bool? Overwrite = null);
