namespace Atoll.Client.Sandboxes;

internal sealed record TakeLease(double Seconds, string? Name);
