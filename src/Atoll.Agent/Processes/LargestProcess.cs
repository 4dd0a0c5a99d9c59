using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes;

/// <summary>
/// The process that has most memory of its own, as the kernel's killer takes it. Process 1 is never one, nor what it has just made and is not yet another program. One that was killed is the one until it is
/// gone: a read of 400 MiB cannot be interrupted, and what else would be killed meanwhile has done nothing. Any thread; calls take turns.
/// </summary>
internal sealed class LargestProcess(TimeProvider time)
{
    /// <summary>How long one that was killed may take to be gone before the next is killed too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const ulong PageBytes = 4096;

    /// <summary>Ending what has less frees nothing that is worth it. No share of the excess: what a program has in pipes and files of memory is not counted as its own.</summary>
    private const ulong Least = 1 << 20;

    /// <summary>The same for a while after one was killed, whose memory may not be free yet: what is small, and less than this share of what there is too much, has done nothing.</summary>
    private const ulong LeastAfter = 4 << 20;
    private const ulong ShareAfter = 4;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>/proc/pid/statm: seven numbers. /proc/pid/comm: a name of 15.</summary>
    private const int MaxBytes = 256;

    private readonly Lock _turn = new();
    private Killed? _last;
    private long _killedAt;

    /// <summary>The one that is being ended; null: there is none.</summary>
    /// <param name="excess">Bytes that there are too much.</param>
    public Killed? Kill(ulong excess)
    {
        lock (_turn)
        {
            if (_last is { } last && time.GetElapsedTime(_killedAt) < Patience && ResidentBytes(Statm(last.Pid)) > Least) return last;
            var least = _last is not null && time.GetElapsedTime(_killedAt) < Settling ? Math.Max(LeastAfter, excess / ShareAfter) : Least;
            if (KillAnother(least) is not { } killed) return null;
            _killedAt = time.GetTimestamp();
            return _last = killed;
        }
    }

    private static Killed? KillAnother(ulong least)
    {
        var (largest, most) = (0, least);
        var own = Statm(1);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == 1) continue;
            var line = Statm(pid);

            // The agent's very numbers: made by it a moment ago, it shares its memory until it runs its program.
            if (ResidentBytes(line) is var resident && (resident <= most || line.AsSpan().SequenceEqual(own))) continue;
            (largest, most) = (pid, resident);
        }

        if (largest == 0) return null;
        var name = SmallFile.TryRead($"/proc/{largest}/comm", MaxBytes) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimEnd() : "";
        return Children.Signal(largest, Children.Kill) == 0 ? new Killed { Pid = largest, Command = name, ResidentBytes = most } : null;
    }

    private static byte[] Statm(int pid) => SmallFile.TryRead($"/proc/{pid}/statm", MaxBytes) ?? [];

    /// <summary>The second number of statm; 0 for what is gone.</summary>
    private static ulong ResidentBytes(ReadOnlySpan<byte> statm)
    {
        var rest = statm[(statm.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(rest, out ulong pages, out _) ? pages * PageBytes : 0;
    }
}
