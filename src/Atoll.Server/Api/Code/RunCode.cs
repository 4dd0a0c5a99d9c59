using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Code;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Api.Code;

internal static class RunCode
{
    private const int MaxOutput = 16 * 1024 * 1024;

    /// <summary>Waits and answers with everything, or, for a client that accepts <c>text/event-stream</c>, streams it. A client that goes away interrupts the code.</summary>
    public static async Task<IResult> HandleAsync(string id, CodeBody body, Call call)
    {
        if (body.Cwd is { } cwd && GuestPath.Check("cwd", cwd) is { } badPath) return new FaultResult(badPath);
        if (body.MaxOutputBytes is < 0 or > MaxOutput) return new FaultResult(HttpFaults.Invalid("maxOutputBytes", $"must be from 0 to {MaxOutput}"));
        var contexts = call.Get<ICodeContexts>();
        if (call.Http.Request.Headers.Accept.ToString().Contains(EventStream.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            var opened = await call.OpenAsync<EventStream>(id, async sandbox => (await contexts.RunAsync(sandbox, ToRequest(body, sandbox, body.MaxOutputBytes), call.Cancellation))
                .Map(happenings => new EventStream((events, over) => events.PumpAsync(happenings, happened => CodeEvents.Write(events, happened), over))));
            return opened.Result;
        }

        var most = body.MaxOutputBytes ?? call.Get<IOptions<ServerOptions>>().Value.Limits.ExecOutputBytes;
        var done = await call.UseAsync(id, async sandbox =>
            (await contexts.RunAsync(sandbox, ToRequest(body, sandbox, most), call.Cancellation)).TryGet(out var happenings, out var fault) ? await CollectAsync(happenings, call) : fault);
        return done.TryGet(out var view, out var failed) ? TypedResults.Ok(view) : new FaultResult(failed);
    }

    private static CodeRequest ToRequest(CodeBody body, LiveSandbox sandbox, long? most) => new()
    {
        Code = body.Code,
        Language = body.Language,
        Context = body.Context,
        WorkingDirectory = body.Cwd is null ? null : GuestPath.Resolve(sandbox, body.Cwd),
        Env = body.Env ?? [],
        User = body.User,
        Timeout = body.TimeoutSeconds is { } seconds ? Duration(seconds) : null,
        MaxOutputBytes = most,
    };

    // What no duration can be is checked with the rest, as one that is too long.
    private static TimeSpan Duration(double seconds) => Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;

    private static async Task<Result<CodeView>> CollectAsync(IAsyncEnumerable<CodeEvent> happenings, Call call)
    {
        var results = ImmutableArray.CreateBuilder<CodeResultView>();
        StringBuilder stdout = new(), stderr = new();
        CodeStarted? started = null;
        CodeError? error = null;
        CodeEnded? ended = null;
        try
        {
            await foreach (var happened in happenings.WithCancellation(call.Cancellation))
            {
                switch (happened)
                {
                    case CodeStarted start:
                        started = start;
                        break;
                    case CodeText text:
                        (text.Stream is OutputStream.Stderr ? stderr : stdout).Append(text.Text);
                        break;
                    case CodeResult result:
                        results.Add(CodeResultView.Of(result));
                        break;
                    case CodeError failed:
                        error = failed;
                        break;
                    case CodeEnded end:
                        ended = end;
                        break;
                }
            }
        }
        catch (IOException)
        {
            return Broken;
        }

        if (started is null || ended is null) return Broken;
        return new CodeView(
            started.Context, started.Language, started.ExecutionCount, started.Restarted, results.ToImmutable(), stdout.ToString(), stderr.ToString(),
            error is null ? null : CodeErrorView.Of(error), ended.TimedOut, ended.Interrupted, ended.StateLost, ended.Truncated, ended.StdoutBytes, ended.StderrBytes, CodeEvents.Milliseconds(ended));
    }

    private static Fault Broken { get; } = new(
        FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The connection to the sandbox's agent broke while the code ran.", "Look at the sandbox's state, then run it again.");
}
