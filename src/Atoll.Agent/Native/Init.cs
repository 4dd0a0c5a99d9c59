using System.Runtime.InteropServices;
using System.Text;

namespace Atoll.Agent.Native;

/// <summary>What process 1 does to itself once, at its start.</summary>
internal static unsafe partial class Init
{
    private const int SetDumpable = 4;

    /// <summary>Neither its memory nor its descriptors may be looked at by what runs inside.</summary>
    public static void HideMemory() => _ = Children.Control(SetDumpable, 0, 0, 0, 0);

    /// <summary>Sets the host name, where the launcher has not and we may.</summary>
    public static void SetHostName(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* start = bytes) _ = SetHostName(start, (nuint)bytes.Length);
    }

    /// <summary>
    /// Asks to be the last that a lack of memory kills. Returns the score for children: the normal one if we could go below it, else one above, so that any of them goes first.
    /// </summary>
    public static int LowerOomScore()
    {
        foreach (var score in (ReadOnlySpan<string>)["-1000", "-999", "-500", "0"])
        {
            if (TryWrite("/proc/self/oom_score_adj", score)) return score == "0" ? 100 : 0;
        }

        return 100;
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

    [LibraryImport("libc", EntryPoint = "sethostname", SetLastError = true)]
    private static partial int SetHostName(byte* name, nuint length);
}
