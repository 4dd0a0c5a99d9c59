using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Has the kernel say with each message on a unix socket who sent it: SO_PASSCRED. (SO_PEERCRED will not do: gVisor answers with the asker's own.)</summary>
internal static unsafe partial class PeerNames
{
    private const int SocketLevel = 1;
    private const int PassCredentials = 16;

    public static void Demand(int socket)
    {
        var on = 1;
        _ = SetOption(socket, SocketLevel, PassCredentials, &on, sizeof(int));
    }

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int option, int* value, uint length);
}
