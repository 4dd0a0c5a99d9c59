using Atoll.Core.Faults;

namespace Atoll.Core.Guests.Processes;

/// <summary>
/// Processes of a sandbox, held by its agent.
/// <para>Vocabulary. A process has one <i>output</i>: the bytes of its stdout and stderr (or of its terminal) in the order they arrived, each byte with an
/// <i>offset</i> counted from 0 across both. The agent keeps the newest part of it, the <i>backlog</i>. A <i>follower</i> reads it from an offset. A process
/// outlives every connection; its backlog and exit status are kept for a while after its end.</para>
/// <para>Pace. Followers never slow a process: one that lags behind the backlog gets a <see cref="OutputDropped"/> and goes on at the oldest byte kept.
/// Only a process started with <see cref="ProcessSpec.Paced"/> waits for its pacing followers, and loses nothing to them.</para>
/// <para>Worked flow: <c>StartAsync</c> gives a pid; <c>FollowAsync(pid, 0, …)</c> yields output and finally <see cref="ProcessExited"/>; after a broken connection,
/// <c>FollowAsync(pid, lastOffset, …)</c> goes on where it stopped; <c>WriteStdinAsync(pid, offset, …)</c> may be repeated, bytes below the offset that was reached are dropped.</para>
/// </summary>
public interface IGuestProcesses
{
    /// <summary>Starts a process and returns when its program is running. It goes on when the caller goes away.</summary>
    Task<Result<ProcessInfo>> StartAsync(ProcessSpec spec, CancellationToken cancellation);

    /// <summary>
    /// Starts a process, waits for its end and returns its output, in one connection. Output beyond <paramref name="maxOutputBytes"/> (stdout and stderr together) is read
    /// and thrown away, and said to be truncated. Cancelling kills its process group.
    /// </summary>
    Task<Result<ExecResult>> ExecAsync(ProcessSpec spec, int maxOutputBytes, CancellationToken cancellation);

    /// <summary>Processes started through the agent, living and lately ended, oldest first.</summary>
    Task<Result<IReadOnlyList<ProcessInfo>>> ListAsync(CancellationToken cancellation);

    Task<Result<ProcessInfo>> GetAsync(ProcessRef process, CancellationToken cancellation);

    /// <summary>Output from <paramref name="offset"/> on. With <paramref name="follow"/>, until the process has ended and everything was delivered; without, what is there now.</summary>
    /// <param name="pacing">Lets the process wait for this follower; only for processes started <see cref="ProcessSpec.Paced"/>, else ignored.</param>
    Task<Result<IAsyncEnumerable<ProcessEvent>>> FollowAsync(ProcessRef process, long offset, bool follow, bool pacing, CancellationToken cancellation);

    /// <summary>Writes to the process's stdin (or terminal). Returns the offset reached, once the bytes are with the process.</summary>
    /// <param name="offset">Where in the whole stdin these bytes belong; null appends. Bytes already written are skipped; a gap is <see cref="FaultCode.OffsetLost"/>.</param>
    /// <param name="end">Close stdin after them.</param>
    Task<Result<long>> WriteStdinAsync(ProcessRef process, long? offset, ReadOnlyMemory<byte> bytes, bool end, CancellationToken cancellation);

    /// <summary>Sends a signal to the process's group, or to it alone.</summary>
    Task<Result<Done>> SignalAsync(ProcessRef process, int signal, bool group, CancellationToken cancellation);

    /// <summary>Sets the size of a process's terminal.</summary>
    Task<Result<Done>> ResizeAsync(ProcessRef process, TerminalSize size, CancellationToken cancellation);
}
