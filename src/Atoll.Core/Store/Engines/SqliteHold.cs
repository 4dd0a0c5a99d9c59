namespace Atoll.Core.Store.Engines;

/// <summary>Nothing to hold: the file lies in the state directory, which is this server's alone.</summary>
internal sealed class SqliteHold : IStoreHold
{
    public ValueTask<HoldRefusal?> TakeAsync(CancellationToken cancellation) => default;

    public Task LostAsync(CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);

    public void Dispose()
    {
        // Nothing is held.
    }
}
