namespace Atoll.Core.Teams;

/// <summary>A change of a team; what is null stays as it is.</summary>
public sealed record TeamUpdate(string? Name = null, int? Sandboxes = null, double? Cpu = null, long? MemoryMiB = null, long? DiskMiB = null, int? CreatesPerMinute = null);
