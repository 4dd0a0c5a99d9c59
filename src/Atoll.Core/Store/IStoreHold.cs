namespace Atoll.Core.Store;

/// <summary>
/// What keeps every other server off a database for as long as this one lives: two would each believe that what the other runs is lost. It can be lost without anybody's
/// doing (a connection breaks) and is then taken again, before the next write at the latest.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal interface IStoreHold : IDisposable
{
    /// <summary>Takes it unless it is had already, which costs nothing. Null when it is had; else why not.</summary>
    ValueTask<HoldRefusal?> TakeAsync(CancellationToken cancellation);

    /// <summary>Waits until it is lost. Returns at once where it is not had.</summary>
    Task LostAsync(CancellationToken cancellation);
}
