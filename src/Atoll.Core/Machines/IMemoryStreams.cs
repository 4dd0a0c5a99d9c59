using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// Saved memories as files of bytes, from one machine to another.
/// <para>Flow. Out: <see cref="DescribeAsync"/>, then <see cref="SendAsync"/> for each file. In: <see cref="ReceiveAsync"/>, <see cref="IMemoryReceiver.WriteAsync"/> for each,
/// <see cref="IMemoryReceiver.KeepAsync"/>; from then on it belongs to the saved disk of that id (<see cref="ISavedDisks"/>).</para>
/// <para>Trust. Limits, mounts, network and team of what is started from one are the server's and the request's; nothing in it is asked for them. What it holds is a program's state, and the wall
/// around the runtime that loads it is as around any sandbox. A memory of another version of the runtime than this host's is <see cref="FaultCode.CheckpointMismatch"/>, before anything of it is read.</para>
/// <para>Crash. What is being received is nobody's until it is kept; <see cref="ISavedDisks.DeleteAsync"/> with its id removes it at any stage, and a start of the server does.</para>
/// <para>Threads: any member at any time; one receiver, one flow.</para>
/// </summary>
public interface IMemoryStreams
{
    /// <summary>What there is, read through and found to be as it was saved: else <see cref="FaultCode.CheckpointDamaged"/>.</summary>
    Task<Result<SavedMemory>> DescribeAsync(CheckpointId saved, IsolationKind isolation, CancellationToken cancellation);

    /// <summary>Lets <paramref name="read"/> read one of its files. What it throws comes out unchanged.</summary>
    Task<Result<Done>> SendAsync(CheckpointId saved, string file, Func<Stream, Task> read, CancellationToken cancellation);

    /// <summary>Begins a new one, seen by nobody. <see cref="FaultCode.PoolNearlyFull"/> when the pool has no room for it, <see cref="FaultCode.NotSupported"/> where memory cannot be loaded.</summary>
    Task<Result<IMemoryReceiver>> ReceiveAsync(CheckpointId saved, IsolationKind isolation, SavedMemory memory, CancellationToken cancellation);
}
