namespace Atoll.Core.Sandboxes;

/// <summary>A lease: until its deadline, idleness does nothing to its sandbox. Time limits and users do.</summary>
/// <param name="Id"><c>l</c> and 20 lower-case letters or digits.</param>
/// <param name="Name">For people; null when none was given.</param>
[GenerateSerializer, Immutable]
public sealed record KeepAwake([property: Id(0)] string Id, [property: Id(1)] string? Name, [property: Id(2)] DateTimeOffset Until);
