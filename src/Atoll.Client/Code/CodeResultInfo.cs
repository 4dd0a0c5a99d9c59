using System.Text.Json;

namespace Atoll.Client.Code;

/// <summary>One value, in every representation it has; png, jpeg and pdf in base64.</summary>
/// <param name="IsMainResult">The value of the last expression; others were displayed on the way.</param>
/// <param name="Cut">Representations that were too much (the text is cut, others are left out), with the length they have whole.</param>
public sealed record CodeResultInfo(
    bool IsMainResult,
    string? Text,
    string? Html,
    string? Markdown,
    string? Svg,
    string? Png,
    string? Jpeg,
    string? Pdf,
    string? Latex,
    string? Javascript,
    JsonElement? Json,
    JsonElement? Data,
    JsonElement? Chart,
    JsonElement? Extra,
    IReadOnlyDictionary<string, long>? Cut = null);
