using System.Text.Json;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Processes;

internal static class ProcessEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var sandbox = api.MapGroup("/sandboxes/{id}").WithTags("processes");
        sandbox.MapPost("/exec", Exec.HandleAsync).WithName("exec").WithSummary("Run a command, wait for it and return its output.").WithBodyLimit(BodySize.Text);
        var group = sandbox.MapGroup("/processes");
        group.MapPost("", StartAsync).WithName("startProcess").WithSummary("Start a process that goes on when the client goes away.").WithBodyLimit(BodySize.Text);
        group.MapGet("", ListAsync).WithName("listProcesses").WithSummary("Processes started through the API, living and lately ended.");
        group.MapGet("/{pid}", GetAsync).WithName("getProcess").WithSummary("One process, by pid or tag.");
        group.MapGet("/{pid}/output", Output.HandleAsync).WithName("followOutput").WithSummary("Output as server-sent events: stdout, stderr, dropped, exit; the event id is the offset to go on from.");
        group.MapGet("/{pid}/attach", Attaching.Attach.HandleAsync).WithName("attachProcess").WithSummary("A WebSocket for output, input, terminal size and signals: docs/protocol-attach.md.");
        group.MapPost("/{pid}/stdin", WriteStdin.HandleAsync).WithName("writeStdin").WithSummary("Write to a process's stdin, or end it.").WithBodyLimit(BodySize.Text);
        group.MapPost("/{pid}/signal", SignalAsync).WithName("signalProcess").WithSummary("Send a signal, by name or number.").WithBodyLimit(BodySize.Small);
        group.MapPost("/{pid}/resize", ResizeAsync).WithName("resizeTerminal").WithSummary("Set the size of a process's terminal.").WithBodyLimit(BodySize.Small);
    }

    private static async Task<Results<Created<ProcessView>, FaultResult>> StartAsync(string id, ProcessBody body, IdempotencyKey key, Call call)
    {
        var started = await call.UseAsync(id, async sandbox =>
        {
            if (!ProcessBodies.ToSpec(body, sandbox, exec: false).TryGet(out var spec, out var fault)) return fault;
            var request = JsonSerializer.SerializeToUtf8Bytes(body, ProcessesJson.Wire.ProcessBody);
            return await call.Get<Idempotency>().RunAsync($"processes {sandbox.Sandbox.Id}", key, request, () => sandbox.Guest.Processes.StartAsync(spec, call.Cancellation));
        });
        return started.TryGet(out var process, out var failed)
            ? call.Created($"/v1/sandboxes/{Uri.EscapeDataString(id)}/processes/{process.Pid}", ProcessView.Of(process))
            : new FaultResult(failed);
    }

    private static Task<Results<Ok<Items<ProcessView>>, FaultResult>> ListAsync(string id, Call call) =>
        call.InAsync(id, async sandbox => (await sandbox.Guest.Processes.ListAsync(call.Cancellation)).Map(all => new Items<ProcessView>([.. all.Select(ProcessView.Of)], null)));

    private static Task<Results<Ok<ProcessView>, FaultResult>> GetAsync(string id, string pid, Call call) =>
        call.InAsync(id, async sandbox => (await sandbox.Guest.Processes.GetAsync(ProcessName.Parse(pid), call.Cancellation)).Map(ProcessView.Of));

    private static async Task<Results<NoContent, FaultResult>> SignalAsync(string id, string pid, SignalBody body, Call call) =>
        SignalName.Parse(body.Text).TryGet(out var signal, out var fault)
            ? await call.InAsync(id, sandbox => sandbox.Guest.Processes.SignalAsync(ProcessName.Parse(pid), signal, body.Group ?? true, call.Cancellation))
            : new FaultResult(fault);

    private static async Task<Results<NoContent, FaultResult>> ResizeAsync(string id, string pid, TerminalBody body, Call call) =>
        body.ToSize().TryGet(out TerminalSize size, out var fault)
            ? await call.InAsync(id, sandbox => sandbox.Guest.Processes.ResizeAsync(ProcessName.Parse(pid), size, call.Cancellation))
            : new FaultResult(fault);
}
