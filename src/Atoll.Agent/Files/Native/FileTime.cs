using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>The kernel's struct statx_timestamp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileTime
{
    public long Seconds;
    public uint Nanoseconds;
    private readonly int _reserved;

    /// <summary>Nanoseconds since 1970, held at the ends of what 64 bits can say (1677 to 2262).</summary>
    public readonly long UnixNanoseconds => (long)Int128.Clamp(((Int128)Seconds * 1_000_000_000) + Nanoseconds, long.MinValue, long.MaxValue);
}
