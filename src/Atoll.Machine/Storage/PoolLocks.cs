namespace Atoll.Machine.Storage;

/// <summary>
/// Two locks between processes that use one state directory (a server, and a template build beside it): one for the steps of opening and closing,
/// one, shared, held for as long as the pool is used, so that the last to leave unmounts it.
/// </summary>
internal sealed class PoolLocks(string folder, TimeProvider time) : IDisposable
{
    // A process that we have just forked holds a copy of our lock until its exec closes it: what looks taken may be free a moment later.
    private const int LeaveAttempts = 20;
    private static readonly TimeSpan LeaveRetry = TimeSpan.FromMilliseconds(50);
    private readonly string _opening = Path.Combine(folder, "storage.open.lock");
    private readonly string _using = Path.Combine(folder, "storage.use.lock");
    private FileLock? _used;

    public Task<FileLock> OpeningAsync(CancellationToken cancellation) => FileLock.WaitAsync(_opening, time, cancellation);

    /// <summary>While <see cref="OpeningAsync"/> is held.</summary>
    public void Use() => _used ??= FileLock.Try(_using, exclusive: false)
        ?? throw new InvalidOperationException($"{_using} is held exclusively, which is done only while closing.");

    /// <summary>While <see cref="OpeningAsync"/> is held. False when another process still uses the pool.</summary>
    public async Task<bool> TryLeaveAsync(CancellationToken cancellation)
    {
        _used?.Dispose();
        _used = null;
        for (var attempt = 0; attempt < LeaveAttempts; attempt++)
        {
            using var last = FileLock.Try(_using);
            if (last is not null) return true;
            await Task.Delay(LeaveRetry, time, cancellation);
        }

        return false;
    }

    public void Dispose() => _used?.Dispose();

    public void Erase()
    {
        File.Delete(_using);
        File.Delete(_opening);
    }
}
