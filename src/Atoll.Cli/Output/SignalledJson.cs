namespace Atoll.Cli.Output;

internal sealed record SignalledJson(string Sandbox, int Pid, string Signal);
