using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>epoll(7), eventfd(2) and poll(2), as far as waiting for processes needs them.</summary>
internal static partial class Polling
{
    public const uint Readable = 1;
    public const uint Urgent = 2;
    public const uint OneShot = 1u << 30;

    /// <summary>Told once each time that it becomes ready, whether or not it is read.</summary>
    public const uint Edge = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;

    /// <summary>struct epoll_event is packed on x86-64 only.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static SafeFileHandle CreateEpoll() => Owned(EpollCreate(CloseOnExec), "epoll_create1", "");

    public static SafeFileHandle CreateEvent() => Owned(EventFd(0, CloseOnExec), "eventfd", "");

    public static unsafe void Add(SafeFileHandle epoll, SafeFileHandle watched, uint events, ulong key)
    {
        var item = stackalloc byte[16];
        *(uint*)item = events;
        Marshal.WriteInt64((nint)(item + DataOffset), (long)key);
        if (EpollControl(epoll, 1, watched, item) < 0) throw SyscallException.Last("epoll_ctl", "add");
    }

    /// <summary>Waits without a limit for one event and returns its key.</summary>
    public static unsafe ulong WaitOne(SafeFileHandle epoll)
    {
        var item = stackalloc byte[16];
        while (EpollWait(epoll, item, 1, -1) < 1)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) throw SyscallException.Last("epoll_wait", "");
        }

        return (ulong)Marshal.ReadInt64((nint)(item + DataOffset));
    }

    public static void Signal(SafeFileHandle eventDescriptor)
    {
        ulong one = 1;
        if (Write(eventDescriptor, ref one, sizeof(ulong)) < 0) throw SyscallException.Last("write", "eventfd");
    }

    /// <summary>Whether the descriptor became readable within the time.</summary>
    public static bool WaitReadable(SafeFileHandle descriptor, TimeSpan limit, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var left = limit - time.GetElapsedTime(started);
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
            var item = new PollItem { Descriptor = (int)descriptor.DangerousGetHandle(), Events = 1 };
            var ready = Poll(ref item, 1, (int)Math.Min(left.TotalMilliseconds + 1, int.MaxValue));
            if (ready > 0) return true;
            if (ready == 0) return false;
            if (Marshal.GetLastPInvokeError() != Interrupted) throw SyscallException.Last("poll", "");
        }
    }

    private static SafeFileHandle Owned(int descriptor, string call, string subject) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw SyscallException.Last(call, subject);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int EpollControl(SafeFileHandle epoll, int operation, SafeFileHandle watched, byte* item);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int EpollWait(SafeFileHandle epoll, byte* items, int count, int timeout);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, ref ulong value, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollItem items, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollItem
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
