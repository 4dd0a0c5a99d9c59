using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Files;

/// <summary>Data of a watch event; the event's name says what happened.</summary>
/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them in base64.</param>
/// <param name="Entry">The entry after the change, when it is still there.</param>
internal sealed record ChangeView(string Path, FileView? Entry, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawPath);
