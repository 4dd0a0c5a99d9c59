using System.Collections.Immutable;

namespace Atoll.Core.Faults;

/// <summary>
/// An expected failure, as data: what happened (<see cref="Code"/>, <see cref="Detail"/>), where (<see cref="Side"/>, <see cref="Stage"/>)
/// and what to do about it (<see cref="Hint"/>). Detail and hint are shown to users: no stack traces, no secrets, no host paths outside the server's own.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record Fault(
    [property: Id(0)] FaultCode Code,
    [property: Id(1)] FaultSide Side,
    [property: Id(2)] FaultStage Stage,
    [property: Id(3)] string Detail,
    [property: Id(4)] string? Hint = null)
{
    /// <summary>What is wrong with each field of a request, by its path as the caller wrote it (<c>lifecycle.timeoutSeconds</c>): all of it at once.</summary>
    [Id(5)]
    public ImmutableDictionary<string, string> Fields { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whole seconds after which the same request may succeed; null where only the code says so, or waiting does not help.</summary>
    [Id(6)]
    public int? RetryAfterSeconds { get; init; }

    public override string ToString() => $"{Code} ({Side}, {Stage}): {Detail}";
}
