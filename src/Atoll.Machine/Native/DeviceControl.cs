using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>ioctl(2), and the numbering of its requests as Linux has it on x86-64 and arm64 (include/uapi/asm-generic/ioctl.h).</summary>
internal static unsafe partial class DeviceControl
{
    public static nuint Plain(byte type, byte number) => (nuint)(type << 8 | number);

    public static nuint Write(byte type, byte number, int bytes) => 1u << 30 | (nuint)bytes << 16 | Plain(type, number);

    public static nuint Read(byte type, byte number, int bytes) => 2u << 30 | (nuint)bytes << 16 | Plain(type, number);

    public static nuint ReadWrite(byte type, byte number, int bytes) => 3u << 30 | (nuint)bytes << 16 | Plain(type, number);

    /// <exception cref="SyscallException">It failed.</exception>
    public static int Call(SafeFileHandle file, nuint request, void* argument, string name, string subject)
    {
        var answer = ioctl(file, request, (nuint)argument);
        return answer >= 0 ? answer : throw SyscallException.Last(name, subject);
    }

    /// <summary>For requests whose argument is a plain number.</summary>
    public static int Call(SafeFileHandle file, nuint request, nuint argument, string name, string subject) =>
        Call(file, request, (void*)argument, name, subject);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, nuint argument);
}
