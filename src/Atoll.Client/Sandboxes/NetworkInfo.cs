namespace Atoll.Client.Sandboxes;

/// <summary>What a sandbox may reach, and who may reach it.</summary>
/// <param name="PublicPorts">In a request: ports that anybody may reach from the start.</param>
public sealed record NetworkInfo(EgressInfo? Egress = null, IReadOnlyList<int>? PublicPorts = null);
