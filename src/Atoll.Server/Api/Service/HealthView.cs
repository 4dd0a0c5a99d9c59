namespace Atoll.Server.Api.Service;

/// <param name="Status"><c>ok</c>.</param>
internal sealed record HealthView(string Status);
