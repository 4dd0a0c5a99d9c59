using System.Collections.Immutable;
using Atoll.Core.Guests.Files;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Files;

internal static class ReplaceText
{
    private const int MaxPaths = 1000;

    public static async Task<Results<Ok<Items<ReplacementView>>, FaultResult>> HandleAsync(string id, ReplaceBody body, Call call)
    {
        var (named, raw) = (body.Paths ?? [], body.RawPaths ?? []);
        if (named.Length + raw.Length is < 1 or > MaxPaths) return new FaultResult(HttpFaults.Invalid("paths", "must be 1 to 1,000 files"));
        if (body.Search.Length == 0) return new FaultResult(HttpFaults.Invalid("search", "is empty"));
        List<string> files = [];
        for (var index = 0; index < named.Length + raw.Length; index++)
        {
            var given = index < named.Length ? GuestPath.Of($"paths[{index}]", named[index], null) : GuestPath.Of($"paths[{index - named.Length}]", null, raw[index - named.Length] ?? "");
            if (!given.TryGet(out var path, out var badPath)) return new FaultResult(badPath);
            files.Add(path);
        }

        return await call.InAsync(id, async sandbox =>
        {
            var paths = files.Select(path => GuestPath.Resolve(sandbox, path)).ToImmutableArray();
            var replaced = await sandbox.Guest.Files.ReplaceAsync(new(paths, body.Search, body.Replacement, body.Regex ?? false), call.Cancellation);
            return replaced.Map(results => new Items<ReplacementView>([.. results.Select(View)], null));
        });
    }

    private static ReplacementView View(FileReplacement one) => new(one.Path, one.Replaced, one.Fault is null ? null : Problem.Of(one.Fault), RawBytes.Of(one.RawPath));
}
