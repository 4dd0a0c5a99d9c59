using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Native;
using Atoll.Machine.Native.Namespaces;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// Runs a runtime's command to its end on a thread of its own, and nothing that it starts inherits anything of ours (<see cref="BareSpawn"/>). Where it has to enter a mount namespace,
/// from which there is no way back, another one does that, which completes nothing: see <see cref="OwnThread"/>.
/// </summary>
internal sealed class RuntimeSpawner(CgroupMoves moves, IOptions<IsolationOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrentStarts);

    /// <param name="argv">Program and arguments.</param>
    /// <param name="view">How it sees the host.</param>
    /// <param name="limit">After this it is killed.</param>
    /// <returns>Its exit code, or 128 and the signal that ended it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled; the command was killed and has ended.</exception>
    public async Task<Result<int>> RunAsync(IReadOnlyList<string> argv, HostView view, TimeSpan limit, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            using var quick = moves.Hold();
            var ended = new TaskCompletionSource<Result<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Complete(ended, argv, view, limit, cancellation)) { IsBackground = true, Name = "runtime start" }.Start();
            var result = await ended.Task;
            cancellation.ThrowIfCancellationRequested();
            return result;
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private void Complete(TaskCompletionSource<Result<int>> ended, IReadOnlyList<string> argv, HostView view, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            ended.SetResult(view == HostView.AsIs ? Run(argv, limit, cancellation) : OwnThread.Run("runtime view", () => Run(argv, view, limit, cancellation)));
        }
        catch (SyscallException failure) when (BareSpawn.IsMissing(failure))
        {
            ended.SetResult(EngineFaults.Gone(argv[0]));
        }
        catch (SyscallException failure)
        {
            ended.SetResult(new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, failure.Message));
        }
        catch (Exception bug)
        {
            ended.SetException(bug);
        }
    }

    private Result<int> Run(IReadOnlyList<string> argv, HostView view, TimeSpan limit, CancellationToken cancellation)
    {
        PrivateMounts.Enter();
        if (view.Hidden is not null) PrivateMounts.CoverWithNothing(view.Hidden);
        if (view.Executable is not null) PrivateMounts.MakeExecutable(view.Executable);
        return Run(argv, limit, cancellation);
    }

    private Result<int> Run(IReadOnlyList<string> argv, TimeSpan limit, CancellationToken cancellation)
    {
        var pid = BareSpawn.Start(argv);
        RaiseScore(pid);
        using var process = PidFds.Open(pid) ?? throw new InvalidOperationException("A child that nobody has reaped is gone.");
        bool inTime;
        using (cancellation.Register(() => PidFds.Kill(process)))
        {
            inTime = Polling.WaitReadable(process, limit, time);
            if (!inTime) PidFds.Kill(process);
        }

        var code = BareSpawn.Reap(pid);
        if (inTime) return code;
        return new Fault(FaultCode.Timeout, FaultSide.Host, FaultStage.Isolation, $"{Path.GetFileName(argv[0])} was not done within {limit.TotalSeconds:0} s.");
    }

    /// <summary>
    /// The server's own score protects it, and would pass on to everything that the runtime starts. Written by the host's root, it is also the least that any of these can set
    /// without the host's CAP_SYS_RESOURCE (oom_score_adj_min, fs/proc/base.c). The runtime has milliseconds to go before it starts anything.
    /// </summary>
    private static void RaiseScore(int pid)
    {
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", Wall.OutOfMemoryScore.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // It has ended already, which the caller is about to find out.
        }
    }
}
