using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;

namespace Atoll.Agent.Processes.Input;

/// <summary>
/// Writes a process's stdin, or types into its terminal. Bytes have offsets counted from 0, so that a write whose answer was lost can be repeated: what is below the offset reached is skipped.
/// Writers take turns, write by write. A process without input has -1 for its descriptor, and takes none.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither has a timer or a wait handle: there is nothing to free, and a late caller must find them usable.")]
internal sealed class StdinWriter(EventLoop loop, int descriptor, bool isTerminal, TimeProvider time)
{
    /// <summary>What a terminal in its usual mode takes for the end of input (Ctrl-D).</summary>
    private const byte EndOfTransmission = 4;

    /// <summary>
    /// A terminal has no end that stays: what was typed before a shell took the terminal into its own hands is lost, and of two programs that read one after the other the first takes it. So it is
    /// typed again, ever more seldom (at 0.1 s, then after twice as long each time: seven minutes in all), as long as the process lives and nobody writes.
    /// </summary>
    private const int MostEnds = 12;

    private static readonly TimeSpan FirstAgain = TimeSpan.FromMilliseconds(100);

    private const int MostWrites = 32;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private int _descriptor = descriptor;
    private readonly List<StdinWrite> _writes = [];
    private ulong _forgotten;
    private bool _ended;
    private long _offset;
    private int _ends;

    public long Offset => Volatile.Read(ref _offset);

    /// <summary>
    /// The write of a call, which may have come before. The newest 32 of them are remembered; null for one that came before and may have been among the older.
    /// </summary>
    /// <param name="id">Grows from call to call; 0 for one that does not come again.</param>
    public StdinWrite? Begin(ulong id, bool again)
    {
        if (id == 0) return new StdinWrite(0);
        lock (_writes)
        {
            if (_writes.Find(write => write.Id == id) is { } known) return known;
            if (again && id <= _forgotten) return null;
            if (_writes.Count == MostWrites)
            {
                _forgotten = Math.Max(_forgotten, _writes[0].Id);
                _writes.RemoveAt(0);
            }

            var write = new StdinWrite(id);
            _writes.Add(write);
            return write;
        }
    }

    /// <param name="offset">Where the bytes belong; null for the end of what was written.</param>
    /// <param name="write">The call that they are of.</param>
    /// <param name="position">Where in the call's bytes these begin.</param>
    public async Task<StdinResult> WriteAsync(long? offset, StdinWrite write, long position, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (offset > _offset) return StdinResult.Gap;
            var known = Math.Clamp(offset is { } from ? _offset - from : write.Delivered - position, 0, bytes.Length);
            return await WriteAllAsync(bytes[(int)known..], write, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends stdin; again is no failure.</summary>
    public async Task<StdinResult> EndAsync(StdinWrite write, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_ended || write.Ended || _descriptor < 0) return StdinResult.Written;
            write.Ended = true;
            if (isTerminal)
            {
                var typed = await TypeEndAsync(cancellation);
                if (typed is StdinResult.Written) _ = TypeEndAgainAsync(_offset, ++_ends);
                return typed;
            }

            _ended = true;
            CloseDescriptor();
            return StdinResult.Written;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The process has ended: wakes who waits for it to read, and closes.</summary>
    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        await _turn.WaitAsync();
        CloseDescriptor();
        _turn.Release();
    }

    /// <summary>Sets the terminal's size; false when there is none any more.</summary>
    public async Task<bool> ResizeAsync(int columns, int rows, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return isTerminal && _descriptor >= 0 && Descriptors.Resize(_descriptor, columns, rows);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<StdinResult> TypeEndAsync(CancellationToken cancellation)
    {
        // Not counted: an offset is of the caller's bytes.
        var before = _offset;
        var result = await WriteAllAsync(new byte[] { EndOfTransmission }, new StdinWrite(0), cancellation);
        _offset = before;
        return result;
    }

    /// <param name="end">Which end it is: a later one is typed again in its stead.</param>
    private async Task TypeEndAgainAsync(long offset, int end)
    {
        var wait = FirstAgain;
        for (var typed = 1; typed < MostEnds; typed++, wait *= 2)
        {
            try
            {
                await Task.Delay(wait, time, _closing.Token);
                await _turn.WaitAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                if (_offset != offset || _ends != end || _descriptor < 0) return;
                await TypeEndAsync(_closing.Token);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task<StdinResult> WriteAllAsync(ReadOnlyMemory<byte> bytes, StdinWrite write, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            if (_ended || _descriptor < 0) return StdinResult.Closed;
            var (written, errno) = WriteSome(bytes.Span);
            if (written >= 0)
            {
                Volatile.Write(ref _offset, _offset + written);
                write.Delivered += written;
                bytes = bytes[written..];
            }
            else if (errno == Errno.Again)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
                try
                {
                    await new WritableWait(loop, _descriptor).WaitAsync(either.Token);
                }
                catch (OperationCanceledException) when (_closing.IsCancellationRequested)
                {
                    return StdinResult.Closed;
                }
            }
            else if (errno != Errno.Interrupted)
            {
                return StdinResult.Closed;
            }
        }

        return StdinResult.Written;
    }

    private unsafe (int Written, int Errno) WriteSome(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var written = (int)Descriptors.Write(_descriptor, start, (nuint)bytes.Length);
            return (written, written < 0 ? Marshal.GetLastPInvokeError() : 0);
        }
    }

    private void CloseDescriptor()
    {
        if (_descriptor >= 0) _ = Descriptors.Close(_descriptor);
        _descriptor = -1;
    }
}
