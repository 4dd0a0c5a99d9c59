using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// A little more memory, and more again, for a sandbox that is near the host's limit while a process of it is being ended. That is done by the sandbox's kernel, which waits at the limit like everything
/// else in it, and a call that fills memory (a read of 400 MiB) has to come to its end before its process does. Disposing gives the limit back.
/// </summary>
internal sealed class MemoryRelief : IAsyncDisposable
{
    /// <summary>What a sandbox gets at most beyond its limit, for as long as it takes to end a process.</summary>
    private const long Most = 512L << 20;

    /// <summary>
    /// What is free below the limit for as long as there is something to give: memory is filled at 2 GB/s at most, 20 MiB in a pause. At the limit a system call that needs memory of the kernel's fails, and
    /// gVisor's kernel ends where it cannot start a thread.
    /// </summary>
    private const long Step = 32L << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SandboxCgroups _cgroups;
    private readonly MemoryReserve _reserve;
    private readonly SandboxId _id;
    private readonly long _limit;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _giving;

    /// <param name="cgroups">Where the limit is.</param>
    /// <param name="reserve">What all sandboxes of the host may get so.</param>
    /// <param name="id">Of a sandbox that has too much.</param>
    /// <param name="limit">Bytes: the limit that it has otherwise.</param>
    /// <param name="time">What the pauses are counted by.</param>
    public MemoryRelief(SandboxCgroups cgroups, MemoryReserve reserve, SandboxId id, long limit, TimeProvider time)
    {
        (_cgroups, _reserve, _id, _limit, _time) = (cgroups, reserve, id, limit, time);
        _giving = Task.Run(GiveAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _giving;
        _ended.Dispose();
    }

    private async Task GiveAsync()
    {
        var given = 0L;
        try
        {
            // A limit that is another's by now is left as it is.
            MemoryFigures figures;
            while ((figures = _cgroups.MeasureMemory(_id)).Limit == _limit + given && !_ended.IsCancellationRequested)
            {
                if (given < Most && IsNear(figures) && _reserve.TryTake(Step)) _cgroups.LimitMemory(_id, _limit + (given += Step));
                await Task.Delay(Pause, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (given > 0 && figures.Limit == _limit + given) _cgroups.LimitMemory(_id, _limit);
        }
        catch (IOException)
        {
            // The sandbox is gone; or it still has more than its limit (v1 refuses it then), and keeps what it was given until its next notice.
        }
        finally
        {
            _reserve.GiveBack(given);
        }
    }

    private static bool IsNear(MemoryFigures figures) => figures.Waits || figures.Used > figures.Limit - Step;
}
