namespace Atoll.Client.Code;

/// <summary>An event of a streamed execution; the one of its fields that is not null says which.</summary>
public sealed record CodeHappening
{
    /// <summary>The first event.</summary>
    public CodeStart? Start { get; init; }

    public string? Stdout { get; init; }

    public string? Stderr { get; init; }

    public CodeResultInfo? Result { get; init; }

    public CodeFailure? Failed { get; init; }

    /// <summary>The last event.</summary>
    public CodeEnd? End { get; init; }
}
