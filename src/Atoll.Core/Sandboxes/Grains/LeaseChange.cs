namespace Atoll.Core.Sandboxes.Grains;

/// <summary>A keep-awake lease that is taken, for some seconds from now, or given back.</summary>
/// <param name="Seconds">Null: it is given back.</param>
[GenerateSerializer, Immutable]
internal sealed record LeaseChange([property: Id(0)] string Id, [property: Id(1)] string? Name, [property: Id(2)] long? Seconds);
