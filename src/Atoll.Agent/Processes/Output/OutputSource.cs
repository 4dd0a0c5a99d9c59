using System.Runtime.InteropServices;
using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Output;

/// <summary>The reading end of one stream of a process. Everything here runs on the event loop's thread.</summary>
internal sealed unsafe class OutputSource(EventLoop loop, int descriptor, OutputStream stream, OutputBacklog backlog) : IPolled
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Below this much room it is not worth a system call: wait for more.</summary>
    private const int MinRoom = 1024;

    /// <summary>The most that a pipe or terminal can hold of what its process wrote before its end, when the kernel does not say.</summary>
    private const int UnknownPipeBytes = 64 * 1024;

    /// <summary>One for all sources, because all are read on one thread.</summary>
    private static readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    private int _descriptor = descriptor;
    private ulong _key;
    private int _left = int.MaxValue;
    private bool _discards;

    /// <summary>Called when <see cref="Drained"/> or <see cref="Closed"/> became true.</summary>
    public Action? OnDrained { get; set; }

    /// <summary>Called when the last writing end was closed.</summary>
    public Action? OnClosed { get; set; }

    public bool Closed => _descriptor < 0;

    /// <summary>All that the process itself can have written has been read.</summary>
    public bool Drained { get; private set; }

    /// <summary>It waits for a pacing follower.</summary>
    public bool Paused => !Closed && _key == 0;

    public void Begin()
    {
        Descriptors.SetNonBlocking(_descriptor);
        Watch();
    }

    /// <summary>The process has ended: what is in the pipe now is the last that it wrote itself. Later bytes are from those it left behind.</summary>
    public void ProcessEnded()
    {
        if (Closed)
        {
            Drained = true;
            return;
        }

        var pipe = Descriptors.PipeSize(_descriptor);
        _left = pipe > 0 ? pipe : UnknownPipeBytes;
        Drain();
    }

    public void Resume()
    {
        if (!Paused || (!_discards && backlog.Room() < MinRoom)) return;
        Watch();
        Drain();
    }

    /// <summary>From here on what is read is thrown away, so that whoever still writes is neither held up nor ended by a broken pipe.</summary>
    public void Discard()
    {
        _discards = true;
        Resume();
    }

    public void OnReady(uint events) => ReadOnce();

    public void Close()
    {
        if (Closed) return;
        if (_key != 0) loop.Unwatch(_descriptor, _key);
        _ = Descriptors.Close(_descriptor);
        _descriptor = -1;
        Drained = true;
        OnDrained?.Invoke();
        OnClosed?.Invoke();
    }

    /// <summary>After the process's end no event may come any more for a pipe that others hold open: read until it is empty.</summary>
    private void Drain()
    {
        while (_left != int.MaxValue && !Closed && !Paused && !Drained) ReadOnce();
    }

    private void ReadOnce()
    {
        var room = _discards ? BufferBytes : Math.Min(BufferBytes, backlog.Room());
        if (room < MinRoom && !_discards)
        {
            loop.Unwatch(_descriptor, _key);
            _key = 0;

            // A follower may have made room just before this was paused, and not have seen that it was.
            Interlocked.MemoryBarrier();
            if (backlog.Room() >= MinRoom) Watch();
            return;
        }

        nint read;
        fixed (byte* start = Buffer) read = Descriptors.Read(_descriptor, start, (nuint)room);
        if (read > 0)
        {
            if (_discards) return;
            backlog.Append(stream, Buffer.AsSpan(0, (int)read));
            if (_left == int.MaxValue) return;
            _left -= (int)Math.Min(read, _left);
            if (_left == 0) BecomeDrained();
            return;
        }

        var errno = read < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno == Errno.Interrupted) return;
        if (errno != Errno.Again) Close();
        else if (_left != int.MaxValue) BecomeDrained();
    }

    private void Watch()
    {
        _key = loop.Watch(_descriptor, Polling.Readable, this);
        if (_key == 0) Close();
    }

    private void BecomeDrained()
    {
        if (Drained) return;
        Drained = true;
        OnDrained?.Invoke();
    }
}
