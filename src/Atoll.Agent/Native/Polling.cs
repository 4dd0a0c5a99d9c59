using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>epoll and eventfd.</summary>
internal static unsafe partial class Polling
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;

    public const int Add = 1;
    public const int Remove = 2;
    public const int Modify = 3;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    /// <summary>struct epoll_event: packed on x86-64 only.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct Event
    {
        public uint Events;
        public ulong Data;
    }

    public static int CreateQueue() => CreateQueue(CloseOnExec);

    public static int CreateCounter() => CreateCounter(0, CloseOnExec | NonBlocking);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int queue, int operation, int descriptor, Event* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int queue, Event* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateQueue(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateCounter(uint initial, int flags);
}
