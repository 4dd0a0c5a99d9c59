using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes;

/// <summary>The process that has most memory of its own, as the kernel's killer takes it. Process 1 is never one.</summary>
internal static class LargestProcess
{
    private const ulong PageBytes = 4096;

    /// <summary>Ending what has less frees nothing that is worth it.</summary>
    private const ulong Least = 1 << 20;

    /// <summary>/proc/pid/statm: seven numbers. /proc/pid/comm: a name of 15.</summary>
    private const int MaxBytes = 256;

    /// <summary>Null: there is none.</summary>
    public static Killed? Kill()
    {
        var (largest, most) = (0, Least);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == 1) continue;
            if (ResidentBytes(pid) is var resident && resident <= most) continue;
            (largest, most) = (pid, resident);
        }

        if (largest == 0) return null;
        var name = SmallFile.TryRead($"/proc/{largest}/comm", MaxBytes) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimEnd() : "";
        return Children.Signal(largest, Children.Kill) == 0 ? new Killed { Pid = largest, Command = name, ResidentBytes = most } : null;
    }

    /// <summary>The second number of statm; 0 for what is gone.</summary>
    private static ulong ResidentBytes(int pid)
    {
        if (SmallFile.TryRead($"/proc/{pid}/statm", MaxBytes) is not { } line) return 0;
        var rest = line.AsSpan(line.AsSpan().IndexOf((byte)' ') + 1);
        return Utf8Parser.TryParse(rest, out ulong pages, out _) ? pages * PageBytes : 0;
    }
}
