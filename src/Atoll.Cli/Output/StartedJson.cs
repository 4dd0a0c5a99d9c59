namespace Atoll.Cli.Output;

/// <summary>A process left running.</summary>
internal sealed record StartedJson(string Sandbox, int Pid);
