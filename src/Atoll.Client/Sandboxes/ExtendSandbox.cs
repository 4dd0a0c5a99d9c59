namespace Atoll.Client.Sandboxes;

internal sealed record ExtendSandbox(double Seconds);
