namespace Atoll.Server.Api.Files;

/// <param name="Recursive">Copy a directory with all that is in it.</param>
internal sealed record CopyBody(string From, string To, bool? Recursive = null, bool? Overwrite = null);
