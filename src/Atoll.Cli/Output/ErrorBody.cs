namespace Atoll.Cli.Output;

internal sealed record ErrorBody(string Code, string Detail, string? Hint, string? Sandbox, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors, string? RequestId, int ExitCode);
