namespace Atoll.Core.Guests.Files;

/// <summary>An owner: <c>user</c>, <c>user:group</c>, or numbers (each 0 to 2³¹−1) in their place. Without a group, the user's own.</summary>
public sealed record FileOwner(string Value);
