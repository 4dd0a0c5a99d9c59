using System.Text.Json.Serialization;
using Atoll.Core.Machines;

namespace Atoll.Server.Api.Checkpoints;

/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them in base64.</param>
/// <param name="SizeBytes">A file's length; of a removed one, what it was.</param>
/// <param name="SizeBefore">Of a changed file, its length before.</param>
internal sealed record DiffEntryView(string Path, DiskEntryKind Kind, long SizeBytes, long? SizeBefore, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawPath);
