using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>landlock(7): what this kernel has of it.</summary>
internal static partial class Landlock
{
    /// <summary>The first ABI that confines signals and abstract unix sockets (Linux 6.12).</summary>
    public const int ScopesSince = 6;

    private const long SysCreateRuleset = 444;
    private const uint AskVersion = 1;

    /// <summary>The ABI's version; 0 where there is none or it is off.</summary>
    public static int Version => (int)Math.Max(0, CreateRuleset(SysCreateRuleset, 0, 0, AskVersion));

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long CreateRuleset(long number, nint attributes, nuint size, uint flags);
}
