using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Code.Interpreters;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Code.Running;

/// <summary>The contexts of one sandbox. The first who asks lists its processes, so that what another server, or the warm pool, started is found. Threads: any.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without a wait handle the semaphore owns nothing but memory.")]
internal sealed class SandboxCode(CodeOptions options, LostContexts lost)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CodeSession> _sessions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _looking = new(1);
    private volatile bool _known;

    public IReadOnlyList<CodeSession> All
    {
        get
        {
            lock (_lock) return [.. _sessions.Values];
        }
    }

    /// <summary>Default contexts that have run something, so that there is a state to lose, or whose loss nobody has been told of.</summary>
    public IReadOnlyList<ContextTag> Used => [.. All.Where(session => session.Tag.IsDefault && (session.Interpreter is { Offset: > 0 } || session.Restarted)).Select(session => session.Tag)];

    public async Task<Fault?> DiscoverAsync(LiveSandbox sandbox)
    {
        if (_known) return null;
        await _looking.WaitAsync(sandbox.Ended);
        try
        {
            if (_known) return null;
            var fault = await FindAsync(sandbox.Guest, sandbox.Sandbox.Spec, sandbox.Ended);
            if (fault is null) AddLost(sandbox.Sandbox.Id, sandbox.Sandbox.Spec);
            _known = fault is null;
            return fault;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>By id, then by name.</summary>
    public CodeSession? Find(string idOrName)
    {
        lock (_lock) return _sessions.GetValueOrDefault(idOrName) ?? _sessions.Values.FirstOrDefault(session => session.Tag.Name == idOrName);
    }

    public Result<CodeSession> FindOrAdd(ContextTag tag, Func<CodeSession> make)
    {
        lock (_lock) return _sessions.TryGetValue(tag.Id, out var known) ? known : Add(tag, make());
    }

    public Result<CodeSession> AddNew(ContextTag tag, Func<CodeSession> make)
    {
        lock (_lock)
        {
            if (tag.Name is { } name && _sessions.Values.Any(session => session.Tag.Name == name))
                return new Fault(FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"A code context of this sandbox is named '{name}'.", "Choose another name, or delete that one first.");
            return Add(tag, make());
        }
    }

    public void Remove(CodeSession session)
    {
        session.MarkDeleted();
        lock (_lock) _sessions.Remove(session.Tag.Id);
    }

    private Result<CodeSession> Add(ContextTag tag, CodeSession session)
    {
        if (_sessions.Count >= options.MaxContexts) return CodeFaults.TooManyContexts(options.MaxContexts);
        return _sessions[tag.Id] = session;
    }

    /// <summary>What has not come back with its sandbox: the next execution says so.</summary>
    private void AddLost(SandboxId sandbox, SandboxSpec spec)
    {
        foreach (var tag in lost.Take(sandbox))
        {
            CodeSession fresh = new(tag, tag.User ?? spec.User, spec.WorkingDirectory, spec.Env) { Restarted = true };
            lock (_lock) _sessions.TryAdd(tag.Id, fresh);
        }
    }

    private async Task<Fault?> FindAsync(IGuest guest, SandboxSpec spec, CancellationToken ended)
    {
        if (!(await guest.Processes.ListAsync(ended)).TryGet(out var processes, out var fault)) return fault;
        foreach (var process in processes.Where(process => process.Status is null))
        {
            if (ContextTag.Parse(process.Tag) is not { } tag) continue;
            var isDefault = tag.Id == CodeLanguages.WordOf(tag.Language);
            if (isDefault && process.User != spec.User)
            {
                // Warmed for somebody else than it came to be for.
                await guest.Processes.SignalAsync(ProcessRef.ByPid(process.Pid), Signals.Kill, group: true, ended);
                continue;
            }

            // One that has read no more than its driver has run nothing: it takes on this sandbox's environment, and need not be interrupted (its handler may not be there yet).
            var used = process.StdinOffset > Driver.Of(tag.Language).Bytes.Length;
            CodeSession session = new(tag, process.User, used ? process.WorkingDirectory : isDefault ? spec.WorkingDirectory : process.WorkingDirectory, spec.Env)
            {
                Interpreter = new(process.Pid, process.OutputEnd, used, Blank: !used),
            };
            lock (_lock) _sessions[tag.Id] = session;
        }

        return null;
    }
}
