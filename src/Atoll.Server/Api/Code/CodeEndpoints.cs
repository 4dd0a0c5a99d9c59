using Atoll.Core.Code;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Code;

internal static class CodeEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var code = api.MapGroup("/sandboxes/{id}/code").WithTags("code");
        code.MapPost("", RunCode.HandleAsync).WithName("runCode").WithBodyLimit(BodySize.Text).Produces<CodeView>(StatusCodes.Status200OK, "application/json", EventStream.ContentType)
            .WithSummary("Run code in a context that keeps its state. With Accept: text/event-stream: start, stdout, stderr, result, failed, end as they come.");
        var contexts = code.MapGroup("/contexts");
        contexts.MapPost("", CreateAsync).WithName("createCodeContext").WithSummary("Make a context and start its interpreter.");
        contexts.MapGet("", ListAsync).WithName("listCodeContexts").WithSummary("Contexts of this sandbox.");
        contexts.MapDelete("/{context}", DeleteAsync).WithName("deleteCodeContext").WithSummary("End a context and what runs in it.");
        contexts.MapPost("/{context}/interrupt", InterruptAsync).WithName("interruptCode").WithSummary("Interrupt what runs in a context; its state is kept if the code heeds it in time.");
        contexts.MapPost("/{context}/restart", RestartAsync).WithName("restartCodeContext").WithSummary("End a context's interpreter and start a fresh one.");
    }

    private static async Task<Results<Created<CodeContextView>, FaultResult>> CreateAsync(string id, CodeContextBody body, Call call)
    {
        if (body.Cwd is { } cwd && GuestPath.Check("cwd", cwd) is { } badPath) return new FaultResult(badPath);
        var made = await call.UseAsync(id, sandbox => call.Get<ICodeContexts>().CreateAsync(
            sandbox,
            new() { Language = body.Language ?? CodeLanguage.Python, Name = body.Name, WorkingDirectory = body.Cwd is null ? null : GuestPath.Resolve(sandbox, body.Cwd), Env = body.Env ?? [], User = body.User },
            call.Cancellation));
        return made.TryGet(out var context, out var fault)
            ? call.Created($"/v1/sandboxes/{Uri.EscapeDataString(id)}/code/contexts/{context.Id}", CodeContextView.Of(context))
            : new FaultResult(fault);
    }

    private static Task<Results<Ok<Items<CodeContextView>>, FaultResult>> ListAsync(string id, Call call) => call.InAsync(id, async sandbox =>
        (await call.Get<ICodeContexts>().ListAsync(sandbox, call.Cancellation)).Map(all => new Items<CodeContextView>([.. all.Select(CodeContextView.Of)], null)));

    private static Task<Results<NoContent, FaultResult>> DeleteAsync(string id, string context, Call call) =>
        call.InAsync(id, sandbox => call.Get<ICodeContexts>().DeleteAsync(sandbox, context, call.Cancellation));

    private static Task<Results<NoContent, FaultResult>> InterruptAsync(string id, string context, Call call) =>
        call.InAsync(id, sandbox => call.Get<ICodeContexts>().InterruptAsync(sandbox, context, call.Cancellation));

    private static Task<Results<Ok<CodeContextView>, FaultResult>> RestartAsync(string id, string context, Call call) => call.InAsync(id, async sandbox =>
        (await call.Get<ICodeContexts>().RestartAsync(sandbox, context, call.Cancellation)).Map(CodeContextView.Of));
}
