using Atoll.Core.Teams;

namespace Atoll.Server.Api.Users;

/// <summary>A person of the team.</summary>
/// <param name="Role">The most that the user's keys may do: <c>owner</c> everything, <c>member</c> work with sandboxes, <c>viewer</c> see them.</param>
internal sealed record UserView(string Id, string Name, string? Email, UserRole Role, DateTimeOffset CreatedAt)
{
    public static UserView Of(TeamUser user) => new(user.Id, user.Name, user.Email, user.Role, user.CreatedAt);
}
