using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>Work with a volume's files from outside, for as long as no sandbox has it. Ended at most once, with a reason; whoever works with it disposes it when nothing of its files is open any more.</summary>
internal sealed class OutsideUse(VolumeId volume, Action<OutsideUse> left) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Fault? _reason;
    private int _disposed;

    public VolumeId Volume => volume;

    /// <summary>Set before <see cref="Ended"/> is.</summary>
    public Fault? Reason => Volatile.Read(ref _reason);

    public CancellationToken Ended => _ended.Token;

    /// <summary>Nothing is open any more.</summary>
    public Task Over => _over.Task;

    public Task EndAsync(Fault reason) => Interlocked.CompareExchange(ref _reason, reason, null) is null ? _ended.CancelAsync() : Task.CompletedTask;

    /// <summary>The source stays undisposed, since who ends it may be about to: it has no timer, nor anything else to free.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        left(this);
        _over.SetResult();
    }
}
