namespace Atoll.Cli.Configuration;

/// <summary>What <c>~/.config/atoll/config.json</c> holds.</summary>
internal sealed record ConfigFile(string? Url, string? ApiKey);
