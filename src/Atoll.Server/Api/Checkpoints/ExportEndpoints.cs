using Atoll.Core.Checkpoints;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What the team has exported. An export's key is its path here.</summary>
internal static class ExportEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/exports").WithTags("checkpoints");
        group.MapGet("", ListAsync).WithName("listExports").WithSummary("The team's exports in the object store, newest first; also those whose checkpoints have been deleted.");
        group.MapDelete("/{checkpoint}/{digest}", DeleteAsync).WithName("deleteExport").WithSummary("Delete an export: it can be imported no more, and what nothing else in the store stands on is freed.");
    }

    private static async Task<Results<Ok<Items<StoredExportView>>, FaultResult>> ListAsync(Call call, int? limit, string? cursor)
    {
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        var listed = await call.Get<IExports>().ListAsync(call.Team, limit ?? PageArguments.DefaultLimit, cursor, call.Cancellation);
        return listed.TryGet(out var page, out var fault) ? TypedResults.Ok(new Items<StoredExportView>([.. page.Items.Select(StoredExportView.Of)], page.NextCursor)) : new FaultResult(fault);
    }

    private static async Task<Results<NoContent, FaultResult>> DeleteAsync(string checkpoint, string digest, Call call)
    {
        RequestNotes.Of(call.Http).Target = checkpoint;
        return (await call.Get<IExports>().DeleteAsync(call.Team, $"exports/{checkpoint}/{digest}", call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
    }
}
