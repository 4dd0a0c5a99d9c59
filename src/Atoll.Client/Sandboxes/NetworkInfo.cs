namespace Atoll.Client.Sandboxes;

/// <summary>What a sandbox may reach.</summary>
public sealed record NetworkInfo(EgressInfo? Egress = null);
