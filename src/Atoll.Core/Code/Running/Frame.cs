using System.Collections.Immutable;
using System.Text.Json;

namespace Atoll.Core.Code.Running;

/// <summary>What a driver says in a frame. Null where a frame is not what a driver writes: the code in the sandbox may have made it.</summary>
internal static class Frame
{
    private static readonly string[] TextFields = ["text", "html", "markdown", "svg", "png", "jpeg", "pdf", "latex", "javascript"];
    private static readonly string[] ErrorFields = ["value", "traceback"];
    private static readonly string[] ValueFields = ["json", "data", "chart", "extra"];
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>Gives the frame's root to <paramref name="read"/>, with its type.</summary>
    public static void Open(ReadOnlyMemory<byte> bytes, Action<string, JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind is JsonValueKind.Object && Text(document.RootElement, "type") is { } type) read(type, document.RootElement);
        }
        catch (JsonException)
        {
            // Not a driver's.
        }
    }

    public static int Count(JsonElement frame) => frame.TryGetProperty("count", out var count) && count.ValueKind is JsonValueKind.Number && count.TryGetInt32(out var value) ? value : 0;

    public static bool Says(JsonElement frame, string name) => frame.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    public static CodeError Error(JsonElement frame) =>
        new(Text(frame, "name") ?? "Error", Text(frame, "value") ?? "", Text(frame, "traceback") ?? "", Cut(frame, ErrorFields) is { Count: > 0 } cut ? cut : null);

    public static CodeResult? Result(JsonElement frame)
    {
        if (!frame.TryGetProperty("data", out var data) || data.ValueKind is not JsonValueKind.Object) return null;
        var texts = TextFields.Select(name => (name, value: Text(data, name))).Where(pair => pair.value is not null).ToImmutableDictionary(pair => pair.name, pair => pair.value!);
        var values = ValueFields.Where(name => data.TryGetProperty(name, out _)).ToImmutableDictionary(name => name, name => data.GetProperty(name).GetRawText());
        var cut = Cut(frame, [.. TextFields, .. ValueFields]);
        return texts.Count + values.Count + cut.Count == 0 ? null : new(Says(frame, "main"), texts, values, cut);
    }

    /// <summary>Whole lengths of what was cut.</summary>
    private static ImmutableSortedDictionary<string, long> Cut(JsonElement frame, string[] names)
    {
        if (!frame.TryGetProperty("cut", out var cut) || cut.ValueKind is not JsonValueKind.Object) return ImmutableSortedDictionary<string, long>.Empty;
        return names.Where(name => Length(name) >= 0).ToImmutableSortedDictionary(name => name, Length, StringComparer.Ordinal);

        long Length(string name) => cut.TryGetProperty(name, out var length) && length.ValueKind is JsonValueKind.Number && length.TryGetInt64(out var value) ? value : -1;
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind is not JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // A lone surrogate: no text.
        }
    }
}
