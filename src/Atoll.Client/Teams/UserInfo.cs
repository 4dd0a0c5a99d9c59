namespace Atoll.Client.Teams;

/// <summary>A person of the team.</summary>
/// <param name="Role"><c>owner</c>, <c>member</c> or <c>viewer</c>.</param>
public sealed record UserInfo(string Id, string Name, string? Email, string Role, DateTimeOffset? CreatedAt);
