using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Starting, signalling and reaping processes. What must not be managed code is in native.c.</summary>
internal static unsafe partial class Children
{
    public const int Hangup = 1;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int MaxSignal = 64;

    /// <summary>struct atoll_spawn of native.c.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SpawnRequest
    {
        public byte** Programs;
        public byte** Argv;
        public byte** Env;
        public byte* Directory;
        public uint* Groups;
        public int GroupCount;
        public uint Uid;
        public uint Gid;
        public int Stdin;
        public int Stdout;
        public int Stderr;
        public int Terminal;
        public int OomScore;
        public SpawnStage Stage;
        public int Error;
    }

    [LibraryImport("atoll_native", EntryPoint = "atoll_spawn")]
    public static partial int Spawn(SpawnRequest* request);

    [LibraryImport("atoll_native", EntryPoint = "atoll_guard_signals")]
    public static partial int GuardSignals(int counter);

    /// <summary>From here on the calling thread, and no other, is interrupted when a child ends.</summary>
    [LibraryImport("atoll_native", EntryPoint = "atoll_hear_ends")]
    public static partial void HearEnds();

    [LibraryImport("atoll_native", EntryPoint = "atoll_peek_dead")]
    public static partial int PeekDead();

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Reap(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);
}
