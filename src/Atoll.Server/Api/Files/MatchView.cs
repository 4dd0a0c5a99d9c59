using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Files;

/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them in base64.</param>
/// <param name="Line">Counts from 1; null when only names were asked for.</param>
internal sealed record MatchView(string Path, int? Line, string? Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawPath);
