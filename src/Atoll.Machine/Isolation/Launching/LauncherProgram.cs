using Atoll.Core.Faults;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// Runs the launcher, once per start, on a thread of its own: the two or three milliseconds are spent blocked, and a burst of starts must not take the pool's threads from
/// the calls of living sandboxes. At most <see cref="IsolationOptions.MaxConcurrentStarts"/> run at one time; more wait. Any thread.
/// </summary>
internal sealed class LauncherProgram(IOptions<IsolationOptions> options, TimeProvider time) : IDisposable
{
    private const int LongestAnswer = 4096;
    private const int StackBytes = 256 * 1024;

    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrentStarts);

    private readonly Lazy<EmptyMounts?> _mounts = new(EmptyMounts.TryCreate);

    public string Path => options.Value.LauncherPath;

    /// <summary>Where the launcher's mounts begin; null where the kernel refused, which costs time and nothing else.</summary>
    public string? MountSpace => _mounts.Value?.Path;

    /// <param name="message">From <see cref="LaunchMessage"/>.</param>
    /// <param name="limit">After this the launcher is killed; what it has started by then is the caller's to remove, by its cgroup.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled; the launcher was killed and has ended.</exception>
    public async Task<Result<LaunchAnswer>> RunAsync(byte[] message, TimeSpan limit, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            var ended = new TaskCompletionSource<Result<LaunchAnswer>>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Complete(ended, message, limit, cancellation), StackBytes) { IsBackground = true, Name = "sandbox start" }.Start();
            var result = await ended.Task;
            cancellation.ThrowIfCancellationRequested();
            return result;
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        if (_mounts.IsValueCreated) _mounts.Value?.Dispose();
    }

    private void Complete(TaskCompletionSource<Result<LaunchAnswer>> ended, byte[] message, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            ended.SetResult(Run(message, limit, cancellation));
        }
        catch (SyscallException failure) when (BareSpawn.IsMissing(failure))
        {
            ended.SetResult(LauncherFaults.Gone(Path));
        }
        catch (SyscallException failure)
        {
            ended.SetResult(Failed(failure.Message));
        }
        catch (Exception bug)
        {
            ended.SetException(bug);
        }
    }

    private Result<LaunchAnswer> Run(byte[] message, TimeSpan limit, CancellationToken cancellation)
    {
        using var answer = Pipe.Create(out var answers);
        int pid;
        using (answers)
        using (var plan = Pipe.Create(out var plans))
        {
            // It fits into the pipe, and the reader need not be there yet.
            using (plans) Pipe.Write(plans, message);
            pid = BareSpawn.Start([Path], plan, answers);
        }

        using var process = PidFds.Open(pid) ?? throw new InvalidOperationException("A child that nobody has reaped is gone.");
        string? text;
        using (cancellation.Register(() => PidFds.Kill(process))) text = Read(answer, limit);
        if (text is null) PidFds.Kill(process);
        var code = BareSpawn.Reap(pid);
        return text is not null ? LaunchAnswer.Parse(text, code) : new Fault(FaultCode.Timeout, FaultSide.Host, FaultStage.Isolation, $"The launcher did not start the sandbox within {limit.TotalSeconds:0} s.");
    }

    /// <summary>To the end of the line or of the pipe; null when neither came in time.</summary>
    private string? Read(SafeFileHandle answer, TimeSpan limit)
    {
        var begun = time.GetTimestamp();
        Span<byte> buffer = stackalloc byte[LongestAnswer];
        var length = 0;
        while (length < buffer.Length)
        {
            var left = limit - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || !Polling.WaitReadable(answer, left, time)) return null;
            var count = Pipe.Read(answer, buffer[length..]);
            length += count;
            if (count == 0 || buffer[length - 1] == (byte)'\n') break;
        }

        return System.Text.Encoding.UTF8.GetString(buffer[..length]);
    }

    private static Fault Failed(string detail) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, detail);
}
