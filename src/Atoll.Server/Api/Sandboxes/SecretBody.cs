namespace Atoll.Server.Api.Sandboxes;

internal sealed record SecretBody(string Secret, string? Env = null);
