namespace Atoll.Client.Teams;

internal sealed record CreateUser(string Name, string? Email, string? Role);
