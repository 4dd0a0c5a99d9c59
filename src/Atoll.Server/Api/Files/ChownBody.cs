namespace Atoll.Server.Api.Files;

/// <param name="Owner"><c>user</c>, <c>user:group</c> or their numbers.</param>
internal sealed record ChownBody(string Path, string Owner, bool? Recursive = null);
