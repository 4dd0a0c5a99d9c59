namespace Atoll.Cli.Output;

internal sealed record VersionJson(string Client, string? Server, string Url);
