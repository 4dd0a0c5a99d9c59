using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Sandboxes;

internal static class ListSandboxes
{
    /// <param name="state">One or several states, separated by commas; ended sandboxes are listed only when asked for.</param>
    public static async Task<Results<Ok<Items<SandboxView>>, FaultResult>> HandleAsync(Call call, string? state, string? name, int? limit, string? cursor)
    {
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        if (!States(state).TryGet(out var states, out var fault)) return new FaultResult(fault);
        var query = new SandboxQuery(states, name, Metadata(call.Http.Request.Query), limit ?? PageArguments.DefaultLimit, cursor);
        var listed = await call.Sandboxes.ListAsync(call.Team, query, call.Cancellation);
        return listed.TryGet(out var page, out fault)
            ? TypedResults.Ok(new Items<SandboxView>([.. page.Items.Select(sandbox => SandboxView.Of(sandbox, call.Urls))], page.NextCursor))
            : new FaultResult(fault);
    }

    private static Result<ImmutableArray<SandboxState>> States(string? text)
    {
        var states = ImmutableArray.CreateBuilder<SandboxState>();
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!EnumWords.TryParse<SandboxState>(word, out var state)) return HttpFaults.Invalid("state", "must be of " + EnumWords.All<SandboxState>());
            states.Add(state);
        }

        return states.ToImmutable();
    }

    private static ImmutableDictionary<string, string> Metadata(IQueryCollection query) => query
        .Where(pair => pair.Key.StartsWith(MetadataFilters.Prefix, StringComparison.Ordinal))
        .ToImmutableDictionary(pair => pair.Key[MetadataFilters.Prefix.Length..], pair => pair.Value[^1] ?? "", StringComparer.Ordinal);
}
