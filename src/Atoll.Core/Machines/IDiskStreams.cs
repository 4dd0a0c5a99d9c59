using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// Saved disks as streams of bytes, from one machine to another.
/// <para>Vocabulary. A stream tells a disk <i>whole</i>, or as what leads to it from another one, its <i>base</i>. Applied one after the other, beginning with a whole one, streams make the disk
/// again: owners, modes, times, extended attributes, links and holes are as they were. What a stream is called is its disk's id.</para>
/// <para>Flow. Out: <see cref="FindAsync"/>, then <see cref="SendAsync"/> for each that is needed. In: <see cref="ReceiveAsync"/>, <see cref="IDiskReceiver.ApplyAsync"/> in order,
/// <see cref="IDiskReceiver.KeepAsync"/>; from then on it is a saved disk as any other (<see cref="ISavedDisks"/>).</para>
/// <para>Trust. A stream that comes in is hostile until proven otherwise: it can make nothing outside the new disk, whatever it says, and one that is not sound is
/// <see cref="FaultCode.ExportInvalid"/>. What would be refused coming in is refused going out.</para>
/// <para>Crash. What is being received is nobody's until it is kept; <see cref="ISavedDisks.DeleteAsync"/> with its id removes it at any stage, and a start of the server does.</para>
/// <para>A storage without snapshots answers <see cref="FaultCode.NotSupported"/>. Threads: any member at any time; one receiver, one flow.</para>
/// </summary>
public interface IDiskStreams
{
    /// <summary>The saved disk first, then what it may be told as a difference to, best first: those of <paramref name="before"/> that are here, and the template, if it began as the one of today.</summary>
    /// <param name="before">Disks that were saved on the way to it, nearest first.</param>
    Task<Result<IReadOnlyList<StreamedDisk>>> FindAsync(CheckpointId saved, string template, IReadOnlyList<CheckpointId> before, CancellationToken cancellation);

    /// <summary>Lets <paramref name="read"/> read the stream. Succeeds when it has read to the end, and the stream was whole. What it throws comes out unchanged.</summary>
    /// <param name="since">The base; null for the whole disk.</param>
    /// <param name="mostZeros">How many bytes of zeros a difference may have: it tells what became a hole since its base as zeros, and a sparse file has any length. A whole disk is told without its holes.</param>
    /// <returns>False: there were more. What was read is of no use; tell the disk whole.</returns>
    Task<Result<bool>> SendAsync(StreamedDisk disk, StreamedDisk? since, long mostZeros, Func<Stream, Task> read, CancellationToken cancellation);

    /// <summary>Begins a new disk, empty and seen by nobody. <see cref="FaultCode.PoolNearlyFull"/> as for a sandbox's.</summary>
    Task<Result<IDiskReceiver>> ReceiveAsync(CheckpointId saved, ReceiveBounds bounds, CancellationToken cancellation);
}
