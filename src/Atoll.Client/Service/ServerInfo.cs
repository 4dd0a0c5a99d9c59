namespace Atoll.Client.Service;

/// <summary>What a server is and can do.</summary>
public sealed record ServerInfo(string Version, string? Node, string? Storage, IReadOnlyList<IsolationInfo>? Isolation, LimitsInfo? Limits, IReadOnlyList<WarmPoolInfo>? WarmPool = null);
