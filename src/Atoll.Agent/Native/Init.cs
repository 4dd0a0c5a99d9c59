using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Atoll.Agent.Native;

/// <summary>What process 1 does to itself once, at its start.</summary>
internal static unsafe partial class Init
{
    private const int SetDumpable = 4;
    private const int GetNoNewPrivileges = 39;

    /// <summary>INT32_MIN in native.c: a child keeps the score that it has from us.</summary>
    private const int Same = int.MinValue;

    // proc_pid_oom_score_adj(5).
    private const int AboveOurs = 100;
    private const int Most = 1000;

    /// <summary>Neither its memory nor its descriptors may be looked at by what runs inside.</summary>
    public static void HideMemory() => _ = Children.Control(SetDumpable, 0, 0, 0, 0);

    /// <summary>Whether set-user-ID programs are as any other here: what sudo itself asks.</summary>
    public static bool GainsNothingByExec() => Children.Control(GetNoNewPrivileges, 0, 0, 0, 0) == 1;

    /// <summary>Sets the host name, where we may. One caller at a time.</summary>
    public static void SetHostName(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* start = bytes) _ = Rename(start, bytes.Length);
    }

    /// <summary>Adds to the kernel's random numbers what nobody else has, where the kernel is the sandbox's own and may have been restored with its state.</summary>
    public static void MixIntoPool(ReadOnlySpan<byte> random)
    {
        var descriptor = Descriptors.Open("/dev/urandom", Descriptors.WriteOnly | Descriptors.NonBlocking | Descriptors.CloseOnExec);
        if (descriptor < 0) return;
        fixed (byte* start = random) _ = Descriptors.Write(descriptor, start, (nuint)random.Length);
        _ = Descriptors.Close(descriptor);
    }

    /// <summary>
    /// The score for children, one above what the launcher gave us, which nobody inside can lower: a lack of memory kills any of them first. Where we may lower our own, the kernel
    /// is the sandbox's (gVisor's), which kills nobody for memory, and three calls a child would be for nothing.
    /// </summary>
    public static int ChildOomScore()
    {
        const string path = "/proc/self/oom_score_adj";
        var given = SmallFile.TryRead(path, 16) is { } text && int.TryParse(Encoding.ASCII.GetString(text), NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var score) ? score : 0;
        if (TryWrite(path, "-1000"))
        {
            _ = TryWrite(path, given.ToString(CultureInfo.InvariantCulture));
            ProcessLimit.OwnKernel = true;
            return Same;
        }

        return Math.Clamp(given + AboveOurs, given, Most);
    }

    /// <summary>Points the standard streams at the sandbox's own null device: a stream of the host's would keep gVisor from checkpointing.</summary>
    public static bool DropStandardStreams()
    {
        var descriptor = Descriptors.Open("/dev/null", Descriptors.ReadWrite | Descriptors.NonBlocking | Descriptors.NoTerminal | Descriptors.CloseOnExec);
        if (descriptor < 0) return false;
        var ok = Descriptors.IsTerminal(descriptor) == 0;
        for (var stream = 0; stream < 3 && ok; stream++) ok = Descriptors.Duplicate(descriptor, stream) >= 0;
        if (descriptor > 2) _ = Descriptors.Close(descriptor);
        return ok;
    }

    public static void WriteError(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        fixed (byte* start = bytes) _ = Descriptors.Write(2, start, (nuint)bytes.Length);
    }

    private static bool TryWrite(string path, string text)
    {
        var descriptor = Descriptors.Open(path, Descriptors.WriteOnly | Descriptors.NonBlocking | Descriptors.CloseOnExec);
        if (descriptor < 0) return false;
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            var written = Descriptors.Write(descriptor, start, (nuint)bytes.Length);
            _ = Descriptors.Close(descriptor);
            return written == bytes.Length;
        }
    }

    [LibraryImport("atoll_native", EntryPoint = "atoll_rename")]
    private static partial int Rename(byte* name, int length);
}
