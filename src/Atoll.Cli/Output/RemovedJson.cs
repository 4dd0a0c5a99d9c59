namespace Atoll.Cli.Output;

internal sealed record RemovedJson(string Id, bool Removed);
