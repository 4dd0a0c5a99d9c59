namespace Atoll.Server.Hosting;

/// <summary>Where clients of this user find the server, and their key: <c>config.json</c>.</summary>
internal sealed record ClientConfig(string Url, string ApiKey);
