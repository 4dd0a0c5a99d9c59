using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>inotify(7), and an eventfd(2) by which its reader is told to stop.</summary>
internal static unsafe partial class InotifyCalls
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short Readable = 1;

    public static Descriptor Open() => Made(inotify_init1(CloseOnExec | NonBlocking), "inotify");

    public static Descriptor OpenSignal() => Made(eventfd(0, CloseOnExec | NonBlocking), "eventfd");

    public static void Raise(Descriptor signal)
    {
        ulong one = 1;
        DataCalls.Write(signal, new ReadOnlySpan<byte>(&one, sizeof(ulong)));
    }

    /// <summary>The watch's number, or −1.</summary>
    [SkipLocalsInit]
    public static int Add(Descriptor inotify, ReadOnlySpan<byte> path, WatchMask mask, out int errno)
    {
        errno = Errno.NameTooLong;
        if (path.Length > GuestPath.MaxBytes) return -1;
        var terminated = stackalloc byte[GuestPath.MaxBytes + 1];
        path.CopyTo(new Span<byte>(terminated, path.Length));
        terminated[path.Length] = 0;
        var watch = inotify_add_watch(inotify.Number, terminated, (uint)mask);
        errno = watch < 0 ? Marshal.GetLastPInvokeError() : 0;
        return watch;
    }

    /// <summary>A watch that is gone already is no failure: the kernel removes those of removed files itself.</summary>
    public static void Remove(Descriptor inotify, int watch) => _ = inotify_rm_watch(inotify.Number, watch);

    /// <summary>Waits until there are events. False when the signal was raised, or the time is over.</summary>
    public static bool Wait(Descriptor inotify, Descriptor signal, int milliseconds)
    {
        var wanted = stackalloc PollEntry[2] { new(inotify.Number, Readable), new(signal.Number, Readable) };
        int ready;
        do ready = poll(wanted, 2, milliseconds);
        while (ready < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return ready > 0 && wanted[1].Happened == 0;
    }

    private static Descriptor Made(int number, string what) =>
        number >= 0 ? new Descriptor(number) : throw FileFailure.Of(Marshal.GetLastPInvokeError(), System.Text.Encoding.ASCII.GetBytes(what));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(int inotify, byte* path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(int inotify, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);
}
