using System.Text;
using System.Text.Json;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Client.Code;
using Atoll.Client.Wire;

namespace Atoll.Cli.Coding;

/// <summary>Tells of an execution as it goes: output as it comes, each result as its text, failures on stderr. Pictures and documents go into a folder, where one was named.</summary>
internal sealed class CodeReport(CliOutput output, string? folder)
{
    private static readonly IReadOnlyDictionary<string, long> EmptyCut = new Dictionary<string, long>();
    private int _saved;

    public bool Failed { get; private set; }

    public async Task TellAsync(CodeHappening happened)
    {
        Failed |= happened.Failed is not null;
        if (output.Json) output.JsonLine(happened, AtollJson.Default.CodeHappening);
        var saved = happened.Result is { } result && folder is not null ? await SaveAsync(result, folder) : [];
        if (output.Json) return;
        if (happened.Stdout is { } stdout) output.Bytes(Descriptors.Stdout, Encoding.UTF8.GetBytes(stdout));
        if (happened.Stderr is { } stderr) output.Error(stderr);
        if (happened.Start is { Restarted: true }) output.ErrorLine("atoll: the context's state was lost before; this is a fresh one");
        if (happened.Result is { } shown) Show(shown, saved);
        if (happened.Failed is { } failed) output.Error(failed.Traceback.Length > 0 ? failed.Traceback.TrimEnd('\n') + "\n" : $"{failed.Name}: {failed.Value}\n");
        if (happened.Failed is { Name: "Timeout", Traceback.Length: > 0 } late) output.ErrorLine($"{late.Name}: {late.Value}");
        if (happened.End is { Truncated: true }) output.ErrorLine("atoll: some output or results were too much and were left out");
    }

    private void Show(CodeResultInfo result, IReadOnlyList<string> saved)
    {
        foreach (var (name, length) in result.Cut ?? EmptyCut) output.ErrorLine($"atoll: the {name} of this result is not whole: {length} {(name == "data" ? "cells" : "bytes")} were too much");
        foreach (var path in saved) output.Line(path);
        if (saved.Count > 0) return;
        if ((result.Text ?? result.Markdown ?? result.Latex) is { } text) output.Line(text);
        else output.Line($"[{(result.Html is not null ? "HTML" : result.Png is not null ? "a picture; --save keeps it" : "a result without text; --json shows it")}]");
    }

    private async Task<IReadOnlyList<string>> SaveAsync(CodeResultInfo result, string into)
    {
        (string Extension, byte[]? Bytes)[] kinds =
        [
            ("png", Decode(result.Png)), ("jpeg", Decode(result.Jpeg)), ("pdf", Decode(result.Pdf)), ("svg", Text(result.Svg)), ("html", result.Png is null ? Text(result.Html) : null),
            ("json", result.Chart is { ValueKind: JsonValueKind.Object } chart ? Text(chart.GetRawText()) : null),
        ];
        var paths = new List<string>();
        if (!Array.Exists(kinds, kind => kind.Bytes is not null)) return paths;
        Directory.CreateDirectory(into);
        _saved++;
        foreach (var (extension, bytes) in kinds)
        {
            if (bytes is null) continue;
            var path = Path.Combine(into, FormattableString.Invariant($"result-{_saved}.{extension}"));
            await File.WriteAllBytesAsync(path, bytes);
            paths.Add(path);
        }

        return paths;
    }

    private static byte[]? Text(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static byte[]? Decode(string? base64)
    {
        if (base64 is null) return null;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? bytes[..count] : null;
    }
}
