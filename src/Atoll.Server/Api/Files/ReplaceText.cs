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
        if (body.Paths.IsDefaultOrEmpty || body.Paths.Length > MaxPaths) return new FaultResult(HttpFaults.Invalid("paths", "must be 1 to 1,000 files"));
        if (body.Search.Length == 0) return new FaultResult(HttpFaults.Invalid("search", "is empty"));
        for (var index = 0; index < body.Paths.Length; index++)
        {
            if (GuestPath.Check($"paths[{index}]", body.Paths[index] ?? "") is { } badPath) return new FaultResult(badPath);
        }

        return await call.InAsync(id, async sandbox =>
        {
            var paths = body.Paths.Select(path => GuestPath.Resolve(sandbox, path)).ToImmutableArray();
            var replaced = await sandbox.Guest.Files.ReplaceAsync(new(paths, body.Search, body.Replacement, body.Regex ?? false), call.Cancellation);
            return replaced.Map(results => new Items<ReplacementView>([.. results.Select(View)], null));
        });
    }

    private static ReplacementView View(FileReplacement one) => new(one.Path, one.Replaced, one.Fault is null ? null : Problem.Of(one.Fault));
}
