using Atoll.Core.Teams;

namespace Atoll.Server.Api.Users;

/// <param name="Name">Unique in the team: 1 to 100 characters, without a slash.</param>
/// <param name="Role">Left out: <c>member</c>.</param>
internal sealed record CreateUserBody(string Name, string? Email = null, UserRole? Role = null);
