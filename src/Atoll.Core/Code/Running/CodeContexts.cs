using System.Collections.Concurrent;
using System.Security.Cryptography;
using Atoll.Core.Code.Interpreters;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Code.Running;

internal sealed class CodeContexts(IOptions<CodeOptions> options, TimeProvider time) : ICodeContexts
{
    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private readonly ConcurrentDictionary<SandboxId, SandboxCode> _sandboxes = new();
    private readonly LostContexts _lost = new();
    private readonly CodeOptions _options = options.Value;

    public async Task<Result<CodeContext>> CreateAsync(LiveSandbox sandbox, CodeContextRequest request, CancellationToken cancellation)
    {
        if (CodeRules.Check(request) is { } wrong) return wrong;
        if (!(await InAsync(sandbox)).TryGet(out var contexts, out var fault)) return fault;
        ContextTag tag = new(request.Language, RandomNumberGenerator.GetString(IdAlphabet, 12), request.Name);
        var spec = sandbox.Sandbox.Spec;
        var added = contexts.AddNew(tag, () => new(tag, request.User ?? spec.User, request.WorkingDirectory ?? spec.WorkingDirectory, spec.Env.SetItems(request.Env)));
        if (!added.TryGet(out var session, out fault)) return fault;
        var started = await StartAsync(session, sandbox, cancellation);
        if (!started.Succeeded) contexts.Remove(session);
        return started.Map(_ => session.Describe());
    }

    public async Task<Result<IReadOnlyList<CodeContext>>> ListAsync(LiveSandbox sandbox, CancellationToken cancellation) =>
        (await InAsync(sandbox)).Map(contexts => (IReadOnlyList<CodeContext>)[.. contexts.All.Select(session => session.Describe()).OrderBy(context => context.Id, StringComparer.Ordinal)]);

    public async Task<Result<Done>> DeleteAsync(LiveSandbox sandbox, string context, CancellationToken cancellation)
    {
        if (!(await FindAsync(sandbox, context)).TryGet(out var found, out var fault)) return fault;
        var (contexts, session) = found;
        contexts.Remove(session);
        await EndAsync(session, sandbox);
        session.Leave();
        return Done.Value;
    }

    public async Task<Result<Done>> InterruptAsync(LiveSandbox sandbox, string context, CancellationToken cancellation)
    {
        if (!(await FindAsync(sandbox, context)).TryGet(out var found, out var fault)) return fault;
        if (found.Session.Current is { } running) await running.StopAsync(StopReason.Call).WaitAsync(cancellation);
        return Done.Value;
    }

    public async Task<Result<CodeContext>> RestartAsync(LiveSandbox sandbox, string context, CancellationToken cancellation)
    {
        if (!(await FindAsync(sandbox, context)).TryGet(out var found, out var fault)) return fault;
        var session = found.Session;
        await EndAsync(session, sandbox);
        try
        {
            session.Restarted = false;
            return (await session.StartAsync(sandbox.Guest, cancellation)).Map(_ => session.Describe());
        }
        finally
        {
            session.Leave();
        }
    }

    public async Task<Result<IAsyncEnumerable<CodeEvent>>> RunAsync(LiveSandbox sandbox, CodeRequest request, CancellationToken cancellation)
    {
        if (CodeRules.Check(request, _options) is { } wrong) return wrong;
        if (!(await ChooseAsync(sandbox, request)).TryGet(out var session, out var fault)) return fault;
        if ((await session.EnterAsync(_options.QueueLength, cancellation)).Fault is { } full) return full;
        byte[] Request(string nonce, bool blank) => session.Driver.Request(new(
            nonce, request.Code, request.WorkingDirectory, request.Env, blank ? session.WorkingDirectory : null, blank ? session.Env : [], _options.MaxResultBytes, sandbox.Origin));
        Execution execution = new(session, sandbox.Guest, Request, LimitsOf(request), time, sandbox.Ended);
        session.Current = execution;
        _ = execution.RunAsync();
        try
        {
            if (await execution.Begun.WaitAsync(cancellation) is { } failed) return failed;

            // A caller that goes away before it has read anything leaves no enumeration that could say so.
            cancellation.Register(execution.Abandon);
            return Result.Of(execution.ReadAsync(CancellationToken.None));
        }
        catch (OperationCanceledException)
        {
            execution.Abandon();
            throw;
        }
    }

    public async Task<Result<Done>> WarmAsync(IGuest guest, CodeLanguage language, string user, string workingDirectory, CancellationToken cancellation)
    {
        var tag = DefaultOf(language, null);
        if (!(await guest.Processes.ListAsync(cancellation)).TryGet(out var processes, out var fault)) return fault;
        if (processes.Any(process => process.Status is null && process.Tag == tag.ToString())) return Done.Value;
        var driver = Driver.Of(language);
        var started = await guest.Processes.StartAsync(CodeSession.Spec(driver, tag, user, workingDirectory, []), cancellation);
        return started.Fault is { } failed ? CodeFaults.OfStart(failed, driver.Program) : Done.Value;
    }

    /// <summary>Starts the default context of a sandbox's own user, through the same turns as executions.</summary>
    internal async Task<Result<Done>> PrewarmAsync(LiveSandbox sandbox, CodeLanguage language, CancellationToken cancellation) =>
        (await ChooseAsync(sandbox, new() { Code = "", Language = language })).TryGet(out var session, out var fault) ? await StartAsync(session, sandbox, cancellation) : fault;

    private static ContextTag DefaultOf(CodeLanguage language, string? user) => new(language, CodeLanguages.WordOf(language) + (user is null ? "" : "@" + user), null);

    private async Task<Result<CodeSession>> ChooseAsync(LiveSandbox sandbox, CodeRequest request)
    {
        // A default context is there as soon as it is named, as it is when it is not.
        if (request is { Context: { } word, User: null } && CodeLanguages.TryParse(word, out var spoken) && (request.Language is null || request.Language == spoken))
            request = request with { Context = null, Language = spoken };

        if (request.Context is { } named)
        {
            if (!(await FindAsync(sandbox, named)).TryGet(out var found, out var none)) return none;
            if (request.Language is { } language && language != found.Session.Tag.Language)
                return CodeRules.Wrong("language", $"Context '{named}' speaks {CodeLanguages.WordOf(found.Session.Tag.Language)}; leave the language out.");
            return request.User is { } other && other != found.Session.User ? CodeRules.Wrong("user", $"Context '{named}' belongs to user '{found.Session.User}'; leave the user out.") : found.Session;
        }

        if (!(await InAsync(sandbox)).TryGet(out var contexts, out var fault)) return fault;
        var spec = sandbox.Sandbox.Spec;
        var user = request.User == spec.User ? null : request.User;
        var tag = DefaultOf(request.Language ?? CodeLanguage.Python, user);
        return contexts.FindOrAdd(tag, () => new(tag, user ?? spec.User, spec.WorkingDirectory, spec.Env));
    }

    private async Task<Result<(SandboxCode Contexts, CodeSession Session)>> FindAsync(LiveSandbox sandbox, string context)
    {
        if (!(await InAsync(sandbox)).TryGet(out var contexts, out var fault)) return fault;
        return contexts.Find(context) is { } session ? (contexts, session) : CodeFaults.NoContext(context);
    }

    private async Task<Result<SandboxCode>> InAsync(LiveSandbox sandbox)
    {
        var id = sandbox.Sandbox.Id;
        if (!_sandboxes.TryGetValue(id, out var contexts))
        {
            contexts = new(_options, _lost);
            if (_sandboxes.TryAdd(id, contexts)) sandbox.Ended.Register(() => Forget(id));
            else contexts = _sandboxes.GetValueOrDefault(id, contexts);
        }

        return await contexts.DiscoverAsync(sandbox) is { } fault ? fault : contexts;
    }

    /// <summary>Its processes end. Should the sandbox go on with others, its contexts' next executions say what was lost.</summary>
    private void Forget(SandboxId id)
    {
        if (_sandboxes.TryRemove(id, out var contexts)) _lost.Add(id, contexts.Used);
    }

    private static async Task<Result<Done>> StartAsync(CodeSession session, LiveSandbox sandbox, CancellationToken cancellation)
    {
        if ((await session.EnterAsync(int.MaxValue - 1, cancellation)).Fault is { } fault) return fault;
        try
        {
            return await session.StartAsync(sandbox.Guest, cancellation);
        }
        finally
        {
            session.Leave();
        }
    }

    /// <summary>Ends what runs and the interpreter, and returns with the turn in hand. It is seen through also when the caller goes away.</summary>
    private static async Task EndAsync(CodeSession session, LiveSandbox sandbox)
    {
        if (session.Current is { } running) await running.StopAsync(StopReason.Killed);
        await session.TakeAsync(sandbox.Ended);
        await session.KillAsync(sandbox.Guest, sandbox.Ended);
    }

    private ExecutionLimits LimitsOf(CodeRequest request) => new(
        request.Timeout ?? TimeSpan.FromSeconds(_options.TimeoutSeconds),
        TimeSpan.FromSeconds(_options.InterruptGraceSeconds),
        TimeSpan.FromSeconds(_options.StartSeconds),
        request.MaxOutputBytes,
        _options.MaxResultBytes,
        _options.MaxResults,
        _options.MaxResultsBytes);
}
