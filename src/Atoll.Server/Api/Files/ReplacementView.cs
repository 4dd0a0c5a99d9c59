using System.Text.Json.Serialization;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Files;

/// <summary>What became of one file.</summary>
/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them in base64.</param>
/// <param name="Error">Why nothing could be replaced in it.</param>
internal sealed record ReplacementView(string Path, int Replaced, Problem? Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawPath);
