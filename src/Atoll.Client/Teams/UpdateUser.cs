namespace Atoll.Client.Teams;

internal sealed record UpdateUser(string Role);
