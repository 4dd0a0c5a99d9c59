namespace Atoll.Client.Processes;

internal sealed record SignalProcess(string Signal, bool? Group);
