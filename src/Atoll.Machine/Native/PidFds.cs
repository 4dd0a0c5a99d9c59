using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>pidfd_open(2) and what a pidfd is good for: a handle on one process that no later process with the same pid can be mistaken for.</summary>
internal static partial class PidFds
{
    public const int SigKill = 9;

    // Numbers of system calls since 5.0 are the same on every architecture.
    private const long SysPidFdSendSignal = 424;
    private const long SysPidFdOpen = 434;

    // _IOWR(0xFF, 11, the first 64 bytes of struct pidfd_info), since Linux 6.13; PIDFD_INFO_EXIT since 6.15.
    private const nuint GetInfo = 0xC040FF0B;
    private const ulong InfoExit = 1 << 3;
    private const int NoSuchProcess = 3;

    /// <summary>A handle on the process that has this pid now, or null when none has.</summary>
    /// <exception cref="SyscallException">Another failure, such as no descriptors left.</exception>
    public static SafeFileHandle? Open(int pid)
    {
        var descriptor = PidFdOpen(SysPidFdOpen, pid, 0);
        if (descriptor >= 0) return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        if (Marshal.GetLastPInvokeError() == NoSuchProcess) return null;
        throw SyscallException.Last("pidfd_open", pid.ToString());
    }

    /// <summary>Kills it; a process that has ended already is fine.</summary>
    public static void Kill(SafeFileHandle process)
    {
        if (PidFdSendSignal(SysPidFdSendSignal, process, SigKill, 0, 0) < 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
        {
            throw SyscallException.Last("pidfd_send_signal", "SIGKILL");
        }
    }

    /// <summary>The wait status of a process that has been reaped, by whomever; null while it has not been, and on kernels before 6.15.</summary>
    public static unsafe int? ReapedStatus(SafeFileHandle process)
    {
        var info = stackalloc ulong[8];
        info[0] = InfoExit;
        return Ioctl(process, GetInfo, info) == 0 && (info[0] & InfoExit) != 0 ? ((int*)info)[15] : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidFdOpen(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidFdSendSignal(long number, SafeFileHandle process, int signal, nint info, uint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(SafeFileHandle process, nuint request, void* argument);
}
