using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Files, pipes and terminals as plain descriptors. All that is opened here is closed on exec.</summary>
internal static unsafe partial class Descriptors
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int NoTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    private const int DoNotWait = 0x40;
    private const int SetStatusFlags = 4;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetPipeSize = 1031;
    private const int GetPipeSize = 1032;
    private const int SocketLevel = 1;
    private const int AcceptsConnections = 30;
    private const nuint SetTerminalSize = 0x5414;
    private const nuint TerminalUnlock = 0x40045431;
    private const nuint TerminalNumber = 0x80045430;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode = 0);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(int descriptor, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int SocketOption(int descriptor, int level, int option, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int DeviceControl(int descriptor, nuint request, void* argument);

    /// <summary>A pipe, both ends closed on exec; false with errno kept when there are no descriptors.</summary>
    public static bool TryPipe(out int readEnd, out int writeEnd)
    {
        var ends = stackalloc int[2];
        var made = Pipe(ends, CloseOnExec) == 0;
        (readEnd, writeEnd) = made ? (ends[0], ends[1]) : (-1, -1);
        return made;
    }

    /// <summary>What a socket has received, without waiting, whatever its mode: 0 at its end, -1 with errno kept when there is nothing or it failed.</summary>
    public static int Receive(int socket, Span<byte> into)
    {
        fixed (byte* start = into) return (int)Receive(socket, start, (nuint)into.Length, DoNotWait);
    }

    /// <summary>Whether it is a socket that takes connections.</summary>
    public static bool IsListening(int descriptor)
    {
        int value = 0;
        uint length = sizeof(int);
        return SocketOption(descriptor, SocketLevel, AcceptsConnections, &value, &length) == 0 && value != 0;
    }

    public static void SetNonBlocking(int descriptor) => _ = Control(descriptor, SetStatusFlags, NonBlocking);

    public static void SetBlocking(int descriptor) => _ = Control(descriptor, SetStatusFlags, 0);

    /// <summary>A second descriptor for the same thing, closed on exec; -1 when there is none.</summary>
    public static int Copy(int descriptor) => Control(descriptor, DuplicateCloseOnExec, 3);

    /// <summary>Asks for a larger pipe; where the kernel refuses, it stays as it is.</summary>
    public static void GrowPipe(int descriptor, int bytes) => _ = Control(descriptor, SetPipeSize, bytes);

    public static int PipeSize(int descriptor) => Control(descriptor, GetPipeSize, 0);

    public static bool Resize(int terminal, int columns, int rows)
    {
        var size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 };
        return DeviceControl(terminal, SetTerminalSize, size) == 0;
    }

    /// <summary>Unlocks a terminal's other end and tells its number under /dev/pts, or -1.</summary>
    public static int Unlock(int terminal)
    {
        int locked = 0, number = -1;
        if (DeviceControl(terminal, TerminalUnlock, &locked) != 0) return -1;
        return DeviceControl(terminal, TerminalNumber, &number) == 0 ? number : -1;
    }
}
