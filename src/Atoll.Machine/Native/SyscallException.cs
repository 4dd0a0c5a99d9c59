using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>A system call failed: which one, on what, and its errno. One failing call, one distinct error.</summary>
internal sealed class SyscallException(string call, string subject, int errno)
    : IOException($"{call}({subject}): {new Win32Exception(errno).Message} (errno {errno})")
{
    public string Call { get; } = call;

    public string Subject { get; } = subject;

    public int Errno { get; } = errno;

    /// <summary>For right after a failed <c>[LibraryImport(SetLastError = true)]</c> call.</summary>
    public static SyscallException Last(string call, string subject) => new(call, subject, Marshal.GetLastPInvokeError());
}
