using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// posix_spawn(3) of a program that gets nothing of ours: <c>/dev/null</c> as its three standard streams, every other descriptor closed, a session of its own,
/// default signals, an environment of just a search path. The child inherits the calling thread's mount namespace. The caller reaps it with <see cref="Reap"/>.
/// </summary>
internal static partial class BareSpawn
{
    private const short ResetSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;

    // glibc: 80 and 336 bytes, sigset_t 128; rounded up.
    private const int ActionsSize = 256;
    private const int AttributesSize = 512;
    private const int SignalSetSize = 128;

    /// <param name="argv">Program and arguments.</param>
    /// <param name="input">Its standard input instead of <c>/dev/null</c>.</param>
    /// <param name="output">Its standard output instead of <c>/dev/null</c>.</param>
    /// <returns>The child's pid.</returns>
    public static unsafe int Start(IReadOnlyList<string> argv, SafeFileHandle? input = null, SafeFileHandle? output = null)
    {
        var actions = stackalloc byte[ActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        var signals = stackalloc byte[SignalSetSize];
        var program = argv[0];
        Check(ActionsInit(actions), "posix_spawn_file_actions_init", program);
        Check(AttributesInit(attributes), "posix_spawnattr_init", program);
        var arguments = Vector(argv);
        var environment = Vector(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        try
        {
            // The given ones first: they are none of 0 to 2, which this server keeps for itself.
            Check(AddOpen(actions, 2, "/dev/null", 2, 0), "posix_spawn_file_actions_addopen", program);
            Check(AddDuplicate(actions, (int?)input?.DangerousGetHandle() ?? 2, 0), "posix_spawn_file_actions_adddup2", program);
            Check(AddDuplicate(actions, (int?)output?.DangerousGetHandle() ?? 2, 1), "posix_spawn_file_actions_adddup2", program);
            Check(AddCloseFrom(actions, 3), "posix_spawn_file_actions_addclosefrom_np", program);
            Check(SetFlags(attributes, ResetSignals | SetSignalMask | NewSession), "posix_spawnattr_setflags", program);
            new Span<byte>(signals, SignalSetSize).Clear();
            Check(SetMask(attributes, signals), "posix_spawnattr_setsigmask", program);
            new Span<byte>(signals, SignalSetSize).Fill(0xFF);
            Check(SetDefault(attributes, signals), "posix_spawnattr_setsigdefault", program);
            Check(Spawn(out var pid, program, actions, attributes, arguments, environment), "posix_spawn", program);
            return pid;
        }
        finally
        {
            Free(arguments);
            Free(environment);
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>Whether <see cref="Start"/> failed because the program is not there or may not be executed.</summary>
    public static bool IsMissing(SyscallException failure) => failure is { Call: "posix_spawn", Errno: 2 or 13 or 20 };

    /// <summary>Waits for the end of a child of ours. Returns its exit code, or 128 and the signal that killed it.</summary>
    public static int Reap(int pid)
    {
        int status;
        while (WaitPid(pid, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4) throw SyscallException.Last("waitpid", pid.ToString());
        }

        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }

    private static void Check(int error, string call, string subject)
    {
        if (error != 0) throw new SyscallException(call, subject, error);
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

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Spawn(out int pid, string path, byte* actions, byte* attributes, nint* argv, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static unsafe partial int AddCloseFrom(byte* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int SetDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);
}
