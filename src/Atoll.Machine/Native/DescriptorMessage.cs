using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>sendmsg(2) with file descriptors beside the bytes (unix(7), SCM_RIGHTS), of which .NET's sockets know nothing. Structures as 64-bit Linux has them.</summary>
internal static unsafe partial class DescriptorMessage
{
    private const int MostDescriptors = 16;
    private const int HeaderBytes = 16;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int NoSignal = 0x4000;

    /// <summary>Sends all of a message that fits the socket's buffer; the other end gets copies of the descriptors.</summary>
    /// <exception cref="SyscallException">The other end is gone, or does not read.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> message, IReadOnlyList<SafeFileHandle> files)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(files.Count, MostDescriptors);
        var control = stackalloc byte[HeaderBytes + (MostDescriptors * sizeof(int))];
        *(nuint*)control = (nuint)(HeaderBytes + (files.Count * sizeof(int)));
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = Rights;
        for (var i = 0; i < files.Count; i++) ((int*)(control + HeaderBytes))[i] = (int)files[i].DangerousGetHandle();
        fixed (byte* bytes = message)
        {
            var vector = stackalloc nuint[2] { (nuint)bytes, (nuint)message.Length };

            // struct msghdr: name and its length, vector and its count, control and its length, flags. CMSG_SPACE is a multiple of eight.
            var header = stackalloc nuint[7] { 0, 0, (nuint)vector, 1, (nuint)control, (nuint)((HeaderBytes + (files.Count * sizeof(int)) + 7) & ~7), 0 };
            var sent = SendMessage(socket.SafeHandle, header, NoSignal);
            if (sent < 0) throw SyscallException.Last("sendmsg", "a unix socket");
            if (sent != message.Length) throw new SyscallException("sendmsg", "a unix socket", Errno.TryAgain);
        }

        GC.KeepAlive(files);
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, nuint* message, int flags);
}
