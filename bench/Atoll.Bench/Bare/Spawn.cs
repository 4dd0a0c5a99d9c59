using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Atoll.Bench.Bare;

/// <summary>
/// posix_spawn(3) and waitpid(2), because .NET's own way of starting a program adds milliseconds that the bare tools would be charged with.
/// The child has <c>/dev/null</c> as stdin and stdout, and inherits the calling thread's mount namespace.
/// </summary>
internal static partial class Spawn
{
    private const int WriteCreateAppend = 0x1 | 0x40 | 0x400;
    private const int ReadWrite = 0x2;
    private const int Interrupted = 4;

    // glibc: 80 bytes, rounded up.
    private const int ActionsSize = 256;

    /// <summary>Runs a program to its end. Returns milliseconds; throws when its exit code is not 0.</summary>
    /// <param name="errorLog">Its stderr is appended there.</param>
    public static double Time(IReadOnlyList<string> argv, string errorLog)
    {
        var started = Stopwatch.GetTimestamp();
        var code = Reap(Start(argv, errorLog));
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return code == 0 ? took : throw new InvalidOperationException($"{string.Join(' ', argv)} ended with {code}: {File.ReadLines(errorLog).LastOrDefault()}");
    }

    private static unsafe int Start(IReadOnlyList<string> argv, string errorLog)
    {
        var actions = stackalloc byte[ActionsSize];
        Check(ActionsInit(actions));
        var arguments = Vector(argv);
        var environment = Vector(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        try
        {
            Check(AddOpen(actions, 0, "/dev/null", ReadWrite, 0));
            Check(AddOpen(actions, 1, "/dev/null", ReadWrite, 0));
            Check(AddOpen(actions, 2, errorLog, WriteCreateAppend, 0b110_100_100));
            Check(PosixSpawn(out var pid, argv[0], actions, null, arguments, environment));
            return pid;
        }
        finally
        {
            Free(arguments);
            Free(environment);
            _ = ActionsDestroy(actions);
        }
    }

    private static int Reap(int pid)
    {
        int status;
        while (WaitPid(pid, out status, 0) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw new Win32Exception(error);
        }

        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }

    private static unsafe nint* Vector(IReadOnlyList<string> texts)
    {
        var vector = (nint*)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(nint));
        for (var i = 0; i < texts.Count; i++) vector[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        return vector;
    }

    private static unsafe void Free(nint* vector)
    {
        for (var item = vector; *item != 0; item++) Marshal.FreeCoTaskMem(*item);
        NativeMemory.Free(vector);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int PosixSpawn(out int pid, string path, byte* actions, byte* attributes, nint* argv, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);
}
