namespace Atoll.Client.Code;

/// <summary>A context to make; null is the sandbox's default.</summary>
public sealed record CreateCodeContext
{
    public string? Language { get; init; }

    public string? Name { get; init; }

    public string? Cwd { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    public string? User { get; init; }
}
