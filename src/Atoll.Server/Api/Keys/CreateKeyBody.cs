namespace Atoll.Server.Api.Keys;

/// <param name="Name">1 to 100 characters, for people.</param>
internal sealed record CreateKeyBody(string Name);
