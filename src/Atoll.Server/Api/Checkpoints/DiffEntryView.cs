using Atoll.Core.Machines;

namespace Atoll.Server.Api.Checkpoints;

/// <param name="SizeBytes">A file's length; of a removed one, what it was.</param>
/// <param name="SizeBefore">Of a changed file, its length before.</param>
internal sealed record DiffEntryView(string Path, DiskEntryKind Kind, long SizeBytes, long? SizeBefore);
