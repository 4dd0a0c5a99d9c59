using Atoll.Client.Sandboxes;

namespace Atoll.Client.Checkpoints;

/// <param name="Count">1 to 100.</param>
/// <param name="Name">With a count above 1, <c>-1</c>, <c>-2</c>, … are put behind it.</param>
/// <param name="Cpu">Null, as of all below: as the origin has it.</param>
/// <param name="Kind"><c>disk</c> or <c>full</c>: with memory and processes. Null: as the checkpoint is; of a running sandbox, the disk.</param>
public sealed record ForkSandbox(
    int Count = 1, string? Name = null, double? Cpu = null, long? MemoryMiB = null, long? DiskMiB = null, IReadOnlyDictionary<string, string>? Env = null, IReadOnlyDictionary<string, string>? Metadata = null, string? Kind = null,
    IReadOnlyList<VolumeMountInfo>? Volumes = null);
