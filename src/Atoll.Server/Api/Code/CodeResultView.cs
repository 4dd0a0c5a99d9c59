using System.Collections.Immutable;
using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>One value, in every representation it has.</summary>
/// <param name="IsMainResult">It is the value of the last expression; others were displayed on the way.</param>
/// <param name="Png">In base64, as are jpeg and pdf.</param>
/// <param name="Data">A table, column by column.</param>
/// <param name="Chart">What a plot shows: type (line, scatter, bar, pie, box_and_whisker, superchart), title, labels, ticks, elements.</param>
/// <param name="Extra">What has another MIME type, by that.</param>
/// <param name="Cut">Representations that were too much: the text is cut, others are left out. By name, with the length they have whole: bytes, of data cells. Null when all is there.</param>
internal sealed record CodeResultView(
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
    RawJson? Json,
    RawJson? Data,
    RawJson? Chart,
    RawJson? Extra,
    ImmutableSortedDictionary<string, long>? Cut)
{
    public static CodeResultView Of(CodeResult result)
    {
        return new(
            result.Main, Text("text"), Text("html"), Text("markdown"), Text("svg"), Text("png"), Text("jpeg"), Text("pdf"), Text("latex"), Text("javascript"),
            Value("json"), Value("data"), Value("chart"), Value("extra"),
            result.Cut.Count > 0 ? result.Cut : null);

        string? Text(string name) => result.Texts.GetValueOrDefault(name);

        RawJson? Value(string name) => result.Values.TryGetValue(name, out var json) ? new(json) : null;
    }
}
