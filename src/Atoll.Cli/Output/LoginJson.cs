namespace Atoll.Cli.Output;

internal sealed record LoginJson(string Url, string Team, string? TeamName, string? KeyName, string File);
