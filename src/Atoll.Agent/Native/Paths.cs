using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Questions about paths.</summary>
internal static unsafe partial class Paths
{
    private const int ExecuteAccess = 1;

    public static bool IsExecutable(string path) => Access(path, ExecuteAccess) == 0;

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
