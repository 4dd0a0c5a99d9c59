using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Processes whose output the test writes.</summary>
internal sealed class FakeProcesses : IGuestProcesses
{
    private static readonly Fault NotFound = new(FaultCode.ProcessNotFound, FaultSide.Caller, FaultStage.Lookup, "No such process.");
    private readonly ConcurrentDictionary<int, ProcessInfo> _all = new();
    private int _next = 100;

    public Channel<ProcessEvent> Output { get; } = Channel.CreateUnbounded<ProcessEvent>();

    public ConcurrentQueue<int> Signals { get; } = new();

    public MemoryStream Stdin { get; } = new();

    public ProcessSpec? LastSpec { get; private set; }

    public Func<CancellationToken, Task<Result<ExecResult>>>? OnExec { get; set; }

    public int Followers;

    public Task<Result<ProcessInfo>> StartAsync(ProcessSpec spec, CancellationToken cancellation)
    {
        LastSpec = spec;
        var pid = Interlocked.Increment(ref _next);
        var info = new ProcessInfo(pid, spec.Tag, [spec.ShellCommand ?? spec.Argv[0]], spec.User, spec.WorkingDirectory, spec.Terminal is not null, TimeProvider.System.GetUtcNow(), null, null, 0, 0, 0);
        return Task.FromResult<Result<ProcessInfo>>(_all[pid] = info);
    }

    public Task<Result<ExecResult>> ExecAsync(ProcessSpec spec, int maxOutputBytes, CancellationToken cancellation)
    {
        LastSpec = spec;
        if (OnExec is { } exec) return exec(cancellation);
        var bytes = Encoding.UTF8.GetBytes("grüß dich\n");
        return Task.FromResult<Result<ExecResult>>(new ExecResult(new(0, null, false), bytes.AsMemory(..Math.Min(bytes.Length, maxOutputBytes)), default, bytes.Length > maxOutputBytes, TimeSpan.FromMilliseconds(3)));
    }

    public Task<Result<IReadOnlyList<ProcessInfo>>> ListAsync(CancellationToken cancellation) => Task.FromResult<Result<IReadOnlyList<ProcessInfo>>>(_all.Values.ToArray());

    public Task<Result<ProcessInfo>> GetAsync(ProcessRef process, CancellationToken cancellation) => Task.FromResult(Find(process));

    public Task<Result<IAsyncEnumerable<ProcessEvent>>> FollowAsync(ProcessRef process, long offset, bool follow, bool pacing, CancellationToken cancellation) =>
        Task.FromResult(Find(process).Fault is { } fault ? fault : FakeGuest.Of(FollowAsync(CancellationToken.None)));

    public Task<Result<long>> WriteStdinAsync(ProcessRef process, long? offset, ReadOnlyMemory<byte> bytes, bool end, CancellationToken cancellation)
    {
        if (Find(process).Fault is { } fault) return Task.FromResult<Result<long>>(fault);
        Stdin.Write(bytes.Span);
        return Task.FromResult<Result<long>>(Stdin.Length);
    }

    public Task<Result<Done>> SignalAsync(ProcessRef process, int signal, bool group, CancellationToken cancellation)
    {
        if (Find(process).Fault is { } fault) return Task.FromResult<Result<Done>>(fault);
        Signals.Enqueue(signal);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<Done>> ResizeAsync(ProcessRef process, TerminalSize size, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(Find(process).Fault is { } fault ? fault : Done.Value);

    private Result<ProcessInfo> Find(ProcessRef process)
    {
        var found = _all.Values.LastOrDefault(one => one.Pid == process.Pid || (process.Tag is not null && one.Tag == process.Tag));
        return found is null ? NotFound : found;
    }

    private async IAsyncEnumerable<ProcessEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref Followers);
        try
        {
            await foreach (var happened in Output.Reader.ReadAllAsync(cancellation)) yield return happened;
        }
        finally
        {
            Interlocked.Decrement(ref Followers);
        }
    }
}
