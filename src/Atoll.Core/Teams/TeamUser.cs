namespace Atoll.Core.Teams;

/// <summary>A person of a team.</summary>
/// <param name="Id"><c>user_</c> and 12 letters or digits.</param>
/// <param name="Name">Unique in the team.</param>
public sealed record TeamUser(string Id, TeamId Team, string Name, string? Email, UserRole Role, DateTimeOffset CreatedAt);
