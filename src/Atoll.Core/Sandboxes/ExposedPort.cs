namespace Atoll.Core.Sandboxes;

/// <summary>How a port is reached from outside without a key of the team.</summary>
[GenerateSerializer, Immutable]
public sealed record ExposedPort
{
    /// <summary>By anybody.</summary>
    [Id(0)] public required bool Public { get; init; }

    /// <summary>The SHA-256, in hex, of the token that opens it; null when it is public.</summary>
    [Id(1)] public string? TokenHash { get; init; }

    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is closed; null for as long as the sandbox lives.</summary>
    [Id(3)] public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsOpen(DateTimeOffset now) => ExpiresAt is not { } end || now < end;
}
