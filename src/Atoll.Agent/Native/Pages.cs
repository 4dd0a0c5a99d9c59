using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Memory straight from the kernel: a page costs nothing until it is written to, and all of it goes back when it is released.</summary>
internal static unsafe partial class Pages
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Null when the kernel gives none.</summary>
    public static byte* TryTake(int bytes)
    {
        var start = Map(null, (nuint)bytes, ReadWrite, PrivateAnonymous, -1, 0);
        return (nint)start == -1 ? null : (byte*)start;
    }

    public static void Release(byte* start, int bytes) => _ = Unmap(start, (nuint)bytes);

    /// <summary>Gives back what the runtime and the C library keep free, and the pages of our own program, which the next call reads from the file's cache again.</summary>
    public static void Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        TrimNative();
    }

    [LibraryImport("atoll_native", EntryPoint = "atoll_trim")]
    private static partial void TrimNative();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* where, nuint bytes, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* start, nuint bytes);
}
