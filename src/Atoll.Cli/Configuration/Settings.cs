namespace Atoll.Cli.Configuration;

/// <summary>Where the server is and the key for it.</summary>
internal sealed record Settings(Uri Url, string? ApiKey);
