using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>A system call failed: which one, on what, and its errno. One failing call, one distinct error.</summary>
internal sealed class SyscallException : IOException
{
    public SyscallException(string call, string subject, int errno)
        : base($"{call}({subject}): {new Win32Exception(errno).Message} (errno {errno})")
    {
        // As the framework's own do on Unix.
        HResult = errno;
        (Call, Subject, Errno) = (call, subject, errno);
    }

    public string Call { get; }

    public string Subject { get; }

    public int Errno { get; }

    /// <summary>For right after a failed <c>[LibraryImport(SetLastError = true)]</c> call.</summary>
    public static SyscallException Last(string call, string subject) => new(call, subject, Marshal.GetLastPInvokeError());
}
