namespace Atoll.Client.Sandboxes;

/// <summary>Which sandboxes to list; the living ones unless states are named.</summary>
public sealed record SandboxFilter
{
    public IReadOnlyList<string> States { get; init; } = [];

    public string? Name { get; init; }

    /// <summary>Each must be among a sandbox's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
