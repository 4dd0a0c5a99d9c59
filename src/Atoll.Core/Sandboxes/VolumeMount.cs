namespace Atoll.Core.Sandboxes;

/// <summary>A volume in a sandbox.</summary>
/// <param name="Path">Where it appears: absolute, with no <c>.</c>, <c>..</c> or empty part, and nothing of the sandbox's own system.</param>
/// <param name="ReadOnly">Nothing in this sandbox can write to it.</param>
[GenerateSerializer, Immutable]
public sealed record VolumeMount([property: Id(0)] VolumeId Volume, [property: Id(1)] string Path, [property: Id(2)] bool ReadOnly);
