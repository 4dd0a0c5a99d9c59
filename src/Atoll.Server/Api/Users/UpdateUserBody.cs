using Atoll.Core.Teams;

namespace Atoll.Server.Api.Users;

/// <param name="Role">In force at once, for keys that exist already too.</param>
internal sealed record UpdateUserBody(UserRole Role);
