using System.Text.Json;

namespace Atoll.Client.Wire;

/// <summary>An RFC 9457 problem as the server writes it. <c>errors</c> is read leniently: a value may be one text or a list of them.</summary>
internal sealed record ProblemReply(string? Code, string? Title, string? Detail, string? Hint, Dictionary<string, JsonElement>? Errors)
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ErrorTexts() =>
        (Errors ?? []).ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)Texts(pair.Value));

    private static List<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(Texts)],
        JsonValueKind.String => [value.GetString()!],
        _ => [value.GetRawText()],
    };
}
