using System.Collections.Immutable;

namespace Atoll.Core.Code;

/// <summary>One value, in every representation it has.</summary>
/// <param name="Main">It is the value of the code's last expression; others were displayed on the way.</param>
/// <param name="Texts">By <c>text, html, markdown, svg, png, jpeg, pdf, latex, javascript</c>; png, jpeg and pdf in base64.</param>
/// <param name="Values">JSON documents by <c>json, data, chart, extra</c>. A chart's <c>type</c> is line, scatter, bar, pie, box_and_whisker or superchart; data is a table, column by column; extra
/// holds what has another MIME type. They come from inside the sandbox: well-formed and at most 64 deep, but what they say is not checked.</param>
/// <param name="Cut">Representations that are not whole because they were too much (those that are missing were left out), with the length they would have: bytes of UTF-8; cells, of <c>data</c>.</param>
public sealed record CodeResult(bool Main, ImmutableDictionary<string, string> Texts, ImmutableDictionary<string, string> Values, ImmutableSortedDictionary<string, long> Cut) : CodeEvent;
