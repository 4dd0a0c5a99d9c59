namespace Atoll.Server.Api.Files;

/// <param name="Owner"><c>user</c>, <c>user:group</c> or their numbers.</param>
/// <param name="RawPath">In the place of <paramref name="Path"/>: its bytes in base64, which need not be UTF-8.</param>
internal sealed record ChownBody(string Owner, string? Path = null, bool? Recursive = null, string? RawPath = null);
