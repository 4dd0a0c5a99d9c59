using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Code.Interpreters;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>
/// A context in memory: who it is, whose turn it is, and its interpreter. Turns go round in the order in which they were asked for.
/// <para>Threads: <see cref="Interpreter"/> and <see cref="Restarted"/> belong to whoever has the turn; the rest to anybody.</para>
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without a wait handle the semaphore owns nothing but memory, and waiters may outlive the context.")]
internal sealed class CodeSession(ContextTag tag, string user, string workingDirectory, ImmutableDictionary<string, string> env)
{
    // Output that nobody followed in time, such as that of background work: only then is any dropped.
    private const int BacklogBytes = 1024 * 1024;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Execution? _current;
    private volatile Interpreter? _interpreter;
    private volatile bool _deleted;
    private int _asking;

    public ContextTag Tag => tag;

    public string User => user;

    public string WorkingDirectory => workingDirectory;

    public ImmutableDictionary<string, string> Env => env;

    public Driver Driver { get; } = Driver.Of(tag.Language);

    public Interpreter? Interpreter
    {
        get => _interpreter;
        set => _interpreter = value;
    }

    /// <summary>An interpreter of this context has ended with its state, and no execution has said so yet.</summary>
    public bool Restarted { get; set; }

    /// <summary>What has the turn, for those who would stop it.</summary>
    public Execution? Current
    {
        get => _current;
        set => _current = value;
    }

    public CodeContext Describe() => new(tag.Id, tag.Name, tag.Language, user, workingDirectory, _interpreter?.Pid, Volatile.Read(ref _asking) > 0);

    /// <summary>Waits for its turn; <see cref="Leave"/> gives it on.</summary>
    public async Task<Result<Done>> EnterAsync(int queue, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _asking) > (long)queue + 1)
        {
            Interlocked.Decrement(ref _asking);
            return CodeFaults.QueueFull(tag.Id, queue);
        }

        await WaitAsync(cancellation);
        if (!_deleted) return Done.Value;
        Leave();
        return CodeFaults.NoContext(tag.Id);
    }

    /// <summary>The same without a bound, for whoever ends it.</summary>
    public Task TakeAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asking);
        return WaitAsync(cancellation);
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await _turn.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _asking);
            throw;
        }
    }

    public void Leave()
    {
        _current = null;
        Interlocked.Decrement(ref _asking);
        _turn.Release();
    }

    /// <summary>Those who wait, and come later, are told that it is gone.</summary>
    public void MarkDeleted() => _deleted = true;

    /// <summary>Starts an interpreter where none lives. The caller has the turn.</summary>
    public async Task<Result<Done>> StartAsync(IGuest guest, CancellationToken cancellation)
    {
        if (_interpreter is not null) return Done.Value;
        var started = await guest.Processes.StartAsync(Spec(Driver, tag, user, workingDirectory, env), cancellation);
        if (!started.TryGet(out var process, out var fault)) return CodeFaults.OfStart(fault, Driver.Program);
        _interpreter = new(process.Pid, 0, Orphan: false, Blank: false);
        return Done.Value;
    }

    /// <summary>Ends the interpreter and what it started. The caller has the turn, or ends the one who has.</summary>
    public async Task KillAsync(IGuest guest, CancellationToken cancellation)
    {
        if (_interpreter is { } living) await guest.Processes.SignalAsync(living.Process, Signals.Kill, group: true, cancellation);
        _interpreter = null;
    }

    public static ProcessSpec Spec(Driver driver, ContextTag tag, string user, string workingDirectory, ImmutableDictionary<string, string> env) => new()
    {
        Argv = driver.Argv,
        User = user,
        WorkingDirectory = workingDirectory,
        Env = env.SetItems(driver.Env),
        Stdin = driver.Bytes,
        KeepStdinOpen = true,
        BacklogBytes = BacklogBytes,
        Paced = true,
        Tag = tag.ToString(),
    };
}
