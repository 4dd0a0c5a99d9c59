namespace Atoll.Client.Checkpoints;

internal sealed record RestoreSandbox(string Checkpoint);
