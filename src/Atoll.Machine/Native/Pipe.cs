using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>pipe2(2), close-on-exec, blocking.</summary>
internal static partial class Pipe
{
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;

    /// <returns>The end to read from.</returns>
    public static unsafe SafeFileHandle Create(out SafeFileHandle write)
    {
        var ends = stackalloc int[2];
        if (Pipe2(ends, CloseOnExec) < 0) throw SyscallException.Last("pipe2", "");
        write = new SafeFileHandle(ends[1], ownsHandle: true);
        return new SafeFileHandle(ends[0], ownsHandle: true);
    }

    public static void Write(SafeFileHandle pipe, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Write(pipe, bytes, (nuint)bytes.Length);
            if (count >= 0) bytes = bytes[(int)count..];
            else if (Marshal.GetLastPInvokeError() != Interrupted) throw SyscallException.Last("write", "pipe");
        }
    }

    /// <returns>0 at the end.</returns>
    public static int Read(SafeFileHandle pipe, Span<byte> buffer)
    {
        nint count;
        while ((count = Read(pipe, buffer, (nuint)buffer.Length)) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) throw SyscallException.Last("read", "pipe");
        }

        return (int)count;
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle pipe, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle pipe, Span<byte> buffer, nuint count);
}
