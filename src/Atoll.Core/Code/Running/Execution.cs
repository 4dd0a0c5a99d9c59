using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>
/// One execution, from its turn to the end of it. It goes on by itself until the interpreter says that it is done, or is gone: whoever reads its events may leave at any time,
/// which interrupts it. <see cref="Begun"/> completes when the code has begun or cannot.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The tokens are held by whoever stops it, also after its end; sources without timers own nothing but memory.")]
internal sealed class Execution(CodeSession session, IGuest guest, Func<string, bool, byte[]> request, ExecutionLimits limits, TimeProvider time, CancellationToken sandboxEnded)
{
    // Enough that a reader who keeps up never holds up the code; one who does not, does.
    private const int MaxEvents = 64;
    private static readonly TimeSpan StderrGrace = TimeSpan.FromSeconds(1);
    private readonly Channel<CodeEvent> _events = Channel.CreateBounded<CodeEvent>(new BoundedChannelOptions(MaxEvents) { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource<Fault?> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _finished = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly SemaphoreSlim _signalling = new(1);
    private int _stopped;

    /// <summary>Null when the code runs.</summary>
    public Task<Fault?> Begun => _begun.Task;

    private StopReason Stopped => (StopReason)Volatile.Read(ref _stopped);

    /// <summary>The session's turn is the caller's, and is given on at the end.</summary>
    public async Task RunAsync()
    {
        Exception? broken = null;
        try
        {
            var fault = await AttemptAsync();
            _begun.TrySetResult(fault);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The agent or its sandbox went away: what still runs there is the next execution's to end.
            if (session.Interpreter is { } left) session.Interpreter = left with { Orphan = true };
            broken = failure;
            if (failure is OperationCanceledException) _begun.TrySetCanceled(sandboxEnded);
            else _begun.TrySetResult(new(FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The connection to the sandbox's agent broke.", "Look at the sandbox's state, then try again."));
        }
        catch (Exception bug)
        {
            _begun.TrySetException(bug);
            broken = bug;
        }
        finally
        {
            // A signal on its way must not meet the next execution.
            await _finished.CancelAsync();
            await _signalling.WaitAsync(CancellationToken.None);
            session.Leave();
            _events.Writer.TryComplete(broken);
        }
    }

    public async IAsyncEnumerable<CodeEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(cancellation)) yield return happened;
        }
        finally
        {
            Abandon();
        }
    }

    /// <summary>Nobody will read (on). Nothing, if it has ended.</summary>
    public void Abandon()
    {
        _abandoned.Cancel();
        _ = StopAsync(StopReason.Abandoned);
    }

    /// <summary>Interrupts it once, and kills its interpreter if that does not help. The first reason stays. Returns when it is over.</summary>
    public async Task StopAsync(StopReason reason)
    {
        if (_finished.IsCancellationRequested || Interlocked.CompareExchange(ref _stopped, (int)reason, (int)StopReason.None) != (int)StopReason.None) return;
        if (reason is not StopReason.Killed)
        {
            try
            {
                // Before the code has begun there is nothing to interrupt. The second signal is for code that lost the first in its first moment.
                await _begun.Task.WaitAsync(_finished.Token);
                for (var attempt = 0; attempt < 2; attempt++)
                {
                    await SignalAsync(Signals.Interrupt);
                    await guest.DelayAsync(limits.Grace / 2, _finished.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        await SignalAsync(Signals.Kill);
    }

    private async Task SignalAsync(int signal)
    {
        try
        {
            await _signalling.WaitAsync(_finished.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            // What goes wrong here shows in the output, which ends or does not.
            if (!_finished.IsCancellationRequested && session.Interpreter is { } living) await guest.Processes.SignalAsync(living.Process, signal, group: true, sandboxEnded);
        }
        catch (OperationCanceledException)
        {
            // The sandbox is gone.
        }
        finally
        {
            _signalling.Release();
        }
    }

    /// <summary>Runs in the living interpreter; where that proves dead, or does not answer, once more in a fresh one.</summary>
    private async Task<Fault?> AttemptAsync()
    {
        while (true)
        {
            var fresh = session.Interpreter is null;
            var begun = await session.StartAsync(guest, sandboxEnded);
            if (begun.Fault is { } fault) return fault;
            var failed = await FollowAsync(session.Interpreter!);
            if (failed is null || _begun.Task.IsCompleted) return null;
            if (failed.Code is not (FaultCode.ProcessNotFound or FaultCode.CommandNotFound or FaultCode.GuestFailure)) return failed;
            session.Interpreter = null;
            if (fresh) return failed;
            session.Restarted = true;
        }
    }

    /// <summary>Null when the code has begun, whatever became of it then; else why it could not.</summary>
    private async Task<Fault?> FollowAsync(Interpreter interpreter)
    {
        // The handler for it is there long since: an orphan has run something before.
        if (interpreter.Orphan) await guest.Processes.SignalAsync(interpreter.Process, Signals.Interrupt, group: true, sandboxEnded);
        var nonce = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(sandboxEnded);
        var opened = await guest.Processes.FollowAsync(interpreter.Process, interpreter.Offset, follow: true, pacing: true, over.Token);
        if (!opened.TryGet(out var output, out var fault)) return fault;
        var written = guest.Processes.WriteStdinAsync(interpreter.Process, null, request(nonce, interpreter.Blank), end: false, over.Token);
        try
        {
            return await PumpAsync(interpreter, new(nonce, limits), output, over);
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Fault?> PumpAsync(Interpreter interpreter, ExecutionOutput said, IAsyncEnumerable<ProcessEvent> output, CancellationTokenSource over)
    {
        var clock = time.GetTimestamp();
        ExitStatus? exited = null;
        var closing = false;
        using CancellationTokenSource slow = new();
        using var pumping = CancellationTokenSource.CreateLinkedTokenSource(sandboxEnded);
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(pumping.Token);
        _ = CancelAfterAsync(slow, limits.Start, starting.Token);
        await using var killing = slow.Token.Register(() =>
        {
            _ = guest.Processes.SignalAsync(interpreter.Process, Signals.Kill, group: true, sandboxEnded);
            _ = CancelAfterAsync(over, limits.Grace, pumping.Token);
        });
        try
        {
            await foreach (var happened in output.WithCancellation(over.Token))
            {
                switch (happened)
                {
                    case OutputChunk chunk:
                        said.Read(chunk);
                        session.Interpreter = interpreter = interpreter with { Offset = chunk.End, Orphan = false, Blank = interpreter.Blank && said.Count == 0 };
                        break;
                    case OutputDropped dropped:
                        said.Skip();
                        session.Interpreter = interpreter = interpreter with { Offset = dropped.To };
                        break;
                    case ProcessExited end:
                        exited = end.Status;
                        break;
                }

                if (said.Count > 0 && !_begun.Task.IsCompleted)
                {
                    await starting.CancelAsync();
                    clock = time.GetTimestamp();
                    await BeginAsync(said);
                }

                await PassOnAsync(said);
                if (exited is not null || (said.Ended && said.StderrDone)) break;

                // The code may have closed stderr: then its end never comes.
                if (said.Ended && !closing) _ = CancelAfterAsync(over, StderrGrace, pumping.Token);
                closing = said.Ended;
            }
        }
        catch (OperationCanceledException) when ((said.Ended || slow.IsCancellationRequested) && !sandboxEnded.IsCancellationRequested)
        {
            // Its stderr, or its end after it was killed, does not come.
        }
        finally
        {
            await pumping.CancelAsync();
        }

        // The shell's word for a program that it cannot find.
        if (said.Count == 0 && exited?.Code == 127) return CodeFaults.NoInterpreter(session.Driver.Program);
        if (said.Count == 0) return CodeFaults.DidNotStart(session.Driver.Program, slow.IsCancellationRequested ? null : exited, said.Early);
        await EndAsync(said, exited, time.GetElapsedTime(clock));
        return null;
    }

    /// <summary>Limits are of time that passes inside: none of it runs while the sandbox is paused or asleep.</summary>
    private async Task CancelAfterAsync(CancellationTokenSource what, TimeSpan span, CancellationToken over)
    {
        try
        {
            await guest.DelayAsync(span, over);
            await what.CancelAsync();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // In time.
        }
    }

    private async Task BeginAsync(ExecutionOutput said)
    {
        await WriteAsync(new CodeStarted(session.Tag.Id, session.Tag.Language, said.Count, session.Restarted));
        session.Restarted = false;
        _begun.TrySetResult(null);
        _ = StopInTimeAsync();
    }

    private async Task StopInTimeAsync()
    {
        await guest.DelayAsync(limits.Timeout, _finished.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_finished.IsCancellationRequested) await StopAsync(StopReason.Timeout);
    }

    private async Task EndAsync(ExecutionOutput said, ExitStatus? exited, TimeSpan duration)
    {
        said.Close();
        await PassOnAsync(said);
        var lost = exited is not null || said.Exits;
        if (lost)
        {
            session.Interpreter = null;
            session.Restarted = true;
        }

        var why = Stopped;
        if (EndFaults.Of(said.Error, why, exited, lost, limits) is { } error) await WriteAsync(error);
        await WriteAsync(new CodeEnded(why is StopReason.Timeout, why is StopReason.Call or StopReason.Killed, lost, said.Truncated, said.StdoutBytes, said.StderrBytes, duration));
    }

    private async ValueTask PassOnAsync(ExecutionOutput said)
    {
        if (_abandoned.IsCancellationRequested)
        {
            said.Discard();
            return;
        }

        try
        {
            await said.MoveToAsync(_events.Writer, _abandoned.Token);
        }
        catch (OperationCanceledException)
        {
            said.Discard();
        }
    }

    private async ValueTask WriteAsync(CodeEvent happened)
    {
        try
        {
            if (!_abandoned.IsCancellationRequested) await _events.Writer.WriteAsync(happened, _abandoned.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads.
        }
    }
}
