using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Observing;

internal static class ReadLogs
{
    // The agent keeps as many lines.
    private const int MaxLines = 5000;

    /// <param name="after">Lines with a greater sequence number only.</param>
    /// <param name="follow">Stay, and send lines as server-sent events (id: the sequence number).</param>
    public static async Task<Results<ItemStream<LogView>, EventStream, FaultResult>> HandleAsync(string id, Call call, string? after, bool? follow, int? limit)
    {
        if (!PageArguments.Sequence(call.Http, after, "after").TryGet(out var from, out var fault)) return new FaultResult(fault);
        if (PageArguments.CheckLimit(limit, MaxLines) is { } wrong) return new FaultResult(wrong);
        if (follow is true)
        {
            var followed = await call.OpenAsync<EventStream>(id, async sandbox =>
                (await sandbox.Guest.ReadLogAsync(from, follow: true, call.Cancellation)).Map(lines => new EventStream((events, over) => events.PumpAsync(
                    lines, line => events.Write("log", line.Sequence, LogView.Of(line), ObservingJson.Wire.LogView), over))));
            return followed.Result is EventStream stream ? stream : (FaultResult)followed.Result;
        }

        var read = await call.OpenAsync<ItemStream<LogView>>(id, async sandbox =>
            (await sandbox.Guest.ReadLogAsync(from, follow: false, call.Cancellation)).Map(lines => new ItemStream<LogView>(lines.Select(LogView.Of), ObservingJson.Wire.LogView, limit ?? MaxLines)));
        return read.Result is ItemStream<LogView> items ? items : (FaultResult)read.Result;
    }
}
