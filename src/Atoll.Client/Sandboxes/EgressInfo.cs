namespace Atoll.Client.Sandboxes;

/// <param name="Default"><c>allow</c> (the internet) or <c>deny</c> (nothing at all).</param>
public sealed record EgressInfo(string? Default = null);
