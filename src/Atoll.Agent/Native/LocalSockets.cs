using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>
/// Stream sockets with a name in the kernel's abstract namespace (unix(7)), as plain descriptors that are closed on exec. .NET's own class would do, but its code is read in at its first use, which costs a start
/// 20 ms under gVisor.
/// </summary>
internal static unsafe partial class LocalSockets
{
    private const ushort Family = 1;
    private const int Stream = 1;
    private const int SocketLevel = 1;
    private const int PassCredentials = 16;

    /// <summary>sun_path of sockaddr_un.</summary>
    private const int LongestName = 108;

    /// <summary>
    /// Listens without waiting, and has the kernel say with each message on a connection who sent it (SO_PASSCRED; SO_PEERCRED will not do: gVisor answers with the asker's own). -1 where it cannot be
    /// had.
    /// </summary>
    /// <param name="name">Without the zero in front of it; 107 bytes at most.</param>
    /// <param name="queue">How many may wait to be accepted.</param>
    public static int Listen(ReadOnlySpan<byte> name, int queue)
    {
        var address = stackalloc byte[sizeof(ushort) + LongestName];
        *(ushort*)address = Family;
        address[sizeof(ushort)] = 0;
        name.CopyTo(new Span<byte>(address + sizeof(ushort) + 1, LongestName - 1));
        var listener = Open(Family, Stream | Descriptors.NonBlocking | Descriptors.CloseOnExec, 0);
        if (listener < 0) return -1;
        SendNames(listener);
        if (Bind(listener, address, (uint)(sizeof(ushort) + 1 + name.Length)) == 0 && Listen(listener, queue) == 0) return listener;
        _ = Descriptors.Close(listener);
        return -1;
    }

    /// <summary>The next connection, which waits when it is read; -1: there is none, or no descriptor for it.</summary>
    public static int Accept(int listener)
    {
        var accepted = Accept(listener, null, null, Descriptors.CloseOnExec);
        if (accepted >= 0) SendNames(accepted);
        return accepted;
    }

    private static void SendNames(int socket)
    {
        var on = 1;
        _ = SetOption(socket, SocketLevel, PassCredentials, &on, sizeof(int));
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int socket, int queue);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(int socket, void* address, void* length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int option, int* value, uint length);
}
