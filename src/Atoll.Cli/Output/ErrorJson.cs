namespace Atoll.Cli.Output;

/// <summary>An error under <c>--json</c>: one line on stderr.</summary>
internal sealed record ErrorJson(ErrorBody Error);
