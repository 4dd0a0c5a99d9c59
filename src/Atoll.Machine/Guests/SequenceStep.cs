namespace Atoll.Machine.Guests;

/// <summary>An element of a sequence, or (null) its end.</summary>
internal sealed record SequenceStep<T>(T? Value)
    where T : class;
