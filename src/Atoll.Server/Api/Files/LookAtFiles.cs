using Atoll.Core.Guests.Files;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Files;

internal static class LookAtFiles
{
    private const int DefaultEntries = 10_000;
    private const int MaxEntries = 1_000_000;
    private const int DefaultMatches = 1_000;
    private const int MaxMatches = 10_000;
    private const int MaxDepth = 64;

    /// <param name="follow">Where the path is a symlink: what it points to, or (false) the symlink itself.</param>
    public static Task<Results<Ok<FileView>, FaultResult>> StatAsync(string id, GuestPath path, Call call, bool? follow) =>
        call.InAsync(id, async sandbox => (await sandbox.Guest.Files.StatAsync(path.In(sandbox), follow ?? true, call.Cancellation)).Map(FileView.Of));

    /// <param name="depth">1, the directory's own entries, to 64.</param>
    /// <param name="pattern">A glob on names.</param>
    public static async Task<Results<ItemStream<FileView>, FaultResult>> ListAsync(string id, GuestPath path, Call call, int? depth, string? pattern, int? limit)
    {
        if (depth is < 1 or > MaxDepth) return new FaultResult(HttpFaults.Invalid("depth", "must be from 1 to 64"));
        if (PageArguments.CheckLimit(limit, MaxEntries) is { } wrong) return new FaultResult(wrong);
        return await call.OpenAsync<ItemStream<FileView>>(id, async sandbox =>
        {
            var listed = await sandbox.Guest.Files.ListAsync(path.In(sandbox), depth ?? 1, pattern, call.Cancellation);
            return listed.Map(entries => new ItemStream<FileView>(entries.Select(FileView.Of), FilesJson.Wire.FileView, limit ?? DefaultEntries));
        });
    }

    public static async Task<Results<ItemStream<MatchView>, FaultResult>> FindAsync(string id, FindBody body, Call call)
    {
        if (!GuestPath.Of("path", body.Path, body.RawPath).TryGet(out var path, out var badPath)) return new FaultResult(badPath);
        if (PageArguments.CheckLimit(body.Limit, MaxMatches) is { } wrong) return new FaultResult(wrong);
        if (body.Text is "") return new FaultResult(HttpFaults.Invalid("text", "is empty"));
        if (body is { Regex: true, Text: null }) return new FaultResult(HttpFaults.Invalid("regex", "needs text"));
        return await call.OpenAsync<ItemStream<MatchView>>(id, async sandbox =>
        {
            var most = body.Limit ?? DefaultMatches;
            var query = new FileQuery(GuestPath.Resolve(sandbox, path), body.Name, body.Text, body.Regex ?? false, body.IgnoreCase ?? false, Math.Min(most + 1, MaxMatches));
            var found = await sandbox.Guest.Files.FindAsync(query, call.Cancellation);
            return found.Map(matches => new ItemStream<MatchView>(matches.Select(View), FilesJson.Wire.MatchView, most));
        });
    }

    private static MatchView View(FileMatch match) => new(match.Path, match.Line == 0 ? null : match.Line, match.Line == 0 ? null : match.LineText, RawBytes.Of(match.RawPath));
}
