namespace Atoll.Agent.Files.Tar;

/// <summary>A piece of a file that holds data.</summary>
internal readonly record struct DataExtent(long Offset, long Length);
