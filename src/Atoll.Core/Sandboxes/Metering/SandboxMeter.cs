using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Metering;

/// <summary>
/// One sandbox's usage by hour, from what its host's counters say. Each sample adds what the counters have risen by since the one before, over the time between them, to the
/// hours that this time touches.
/// <para>Clocks. How long it was is counted on the monotonic clock; only across a restart by the wall clock. The hour is the wall clock's, and never goes back: a clock that
/// is set back adds to the newest hour until it has caught up.</para>
/// <para>Threads: any. Rows are handed out as copies, with everything up to the same sample.</para>
/// </summary>
internal sealed class SandboxMeter(SandboxId id, TeamId team)
{
    private const double MiB = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly List<UsageRow> _full = [];
    private UsageRow? _row;
    private long? _stamp;
    private long _added;
    private long _saved;
    private bool _closed;

    public static int HourOf(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalHours);

    /// <summary>Goes on where an earlier server stopped, with its newest row.</summary>
    public void Resume(UsageRow newest)
    {
        lock (_lock) _row ??= newest with { };
    }

    /// <summary>The first sample counts from <paramref name="since"/>, where all counters were zero.</summary>
    /// <param name="usage">Null where it could not be measured: time passes, and memory and disk are taken to be as they were.</param>
    /// <returns>What was added, or null when the meter is closed.</returns>
    public UsageSums? Add(SandboxUsage? usage, MeteredState state, int reservedMiB, DateTimeOffset since, TimeProvider time, bool last = false)
    {
        lock (_lock)
        {
            if (_closed) return null;
            _closed = last;
            var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
            var row = _row ??= NewRow(HourOf(since), since, usage);
            var elapsed = _stamp is { } before ? time.GetElapsedTime(before, stamp) : now - row.LastAt;
            if (elapsed < TimeSpan.Zero) elapsed = TimeSpan.Zero;
            var added = Between(row, usage, state, reservedMiB, elapsed.TotalSeconds);
            Spread(added, now - elapsed, now);
            row = _row;
            row.LastAt = now;
            if (usage is not null)
            {
                (row.LastCpuSeconds, row.LastSentBytes, row.LastReceivedBytes) = (usage.CpuSeconds, usage.SentBytes, usage.ReceivedBytes);
                (row.LastMemoryBytes, row.LastDiskBytes) = (usage.MemoryBytes, usage.DiskBytes);
            }

            _stamp = stamp;
            _added++;
            return added;
        }
    }

    /// <summary>Its counters begin at zero from here on, as its processes do.</summary>
    public void BeginAnew()
    {
        lock (_lock)
        {
            if (_row is { } row) (row.LastCpuSeconds, row.LastSentBytes, row.LastReceivedBytes, row.LastMemoryBytes) = (0, 0, 0, 0);
        }
    }

    /// <summary>What is to be saved, and up to which sample that is; nothing when all is.</summary>
    public (IReadOnlyList<UsageRow> Rows, long Sample) Unsaved()
    {
        lock (_lock) return _row is null || _added == _saved ? ([], _saved) : ([.. _full, _row with { }], _added);
    }

    public void Saved(IReadOnlyList<UsageRow> rows, long sample)
    {
        lock (_lock)
        {
            _saved = sample;
            _full.RemoveAll(full => rows.Any(x => x.Hour == full.Hour && full.Hour != _row?.Hour));
        }
    }

    private static UsageSums Between(UsageRow last, SandboxUsage? usage, MeteredState state, int reservedMiB, double seconds)
    {
        var atRest = state is MeteredState.Suspended or MeteredState.Archived;
        var memory = atRest ? 0 : (last.LastMemoryBytes + (usage?.MemoryBytes ?? last.LastMemoryBytes)) / 2 / MiB;
        var disk = (last.LastDiskBytes + (usage?.DiskBytes ?? last.LastDiskBytes)) / 2 / MiB;
        return new(
            usage is null ? 0 : Risen(last.LastCpuSeconds, usage.CpuSeconds),
            memory * seconds,
            atRest ? 0 : reservedMiB * seconds,
            state is MeteredState.Archived ? 0 : disk * seconds,
            usage is null ? 0 : Risen(last.LastSentBytes, usage.SentBytes),
            usage is null ? 0 : Risen(last.LastReceivedBytes, usage.ReceivedBytes),
            state is MeteredState.Running ? seconds : 0,
            state is MeteredState.Paused ? seconds : 0,
            atRest ? seconds : 0);
    }

    // One that fell began anew, as when a sandbox got a new cgroup or link.
    private static double Risen(double before, double now) => now >= before ? now - before : now;

    private void Spread(UsageSums added, DateTimeOffset from, DateTimeOffset to)
    {
        var whole = (to - from).TotalHours;
        for (var at = from; ;)
        {
            var hour = HourOf(at);
            var end = DateTimeOffset.UnixEpoch.AddHours(hour + 1);
            var part = to <= end ? to - at : end - at;
            AddPart(hour, added, whole > 0 ? part.TotalHours / whole : 1);
            if (to <= end) return;
            at = end;
        }
    }

    private void AddPart(int hour, UsageSums added, double part)
    {
        var row = _row!;
        if (hour > row.Hour)
        {
            _full.Add(row);
            _row = row = NewRow(hour, row.LastAt, null);
            var before = _full[^1];
            (row.LastCpuSeconds, row.LastSentBytes, row.LastReceivedBytes) = (before.LastCpuSeconds, before.LastSentBytes, before.LastReceivedBytes);
            (row.LastMemoryBytes, row.LastDiskBytes) = (before.LastMemoryBytes, before.LastDiskBytes);
        }

        row.CpuSeconds += added.CpuSeconds * part;
        row.MemoryUsedMiBSeconds += added.MemoryUsedMiBSeconds * part;
        row.MemoryReservedMiBSeconds += added.MemoryReservedMiBSeconds * part;
        row.DiskMiBSeconds += added.DiskMiBSeconds * part;
        row.EgressBytes += added.EgressBytes * part;
        row.IngressBytes += added.IngressBytes * part;
        row.RunningSeconds += added.RunningSeconds * part;
        row.PausedSeconds += added.PausedSeconds * part;
        row.SuspendedSeconds += added.SuspendedSeconds * part;
    }

    // Memory and disk before the first sample are taken to have been as in it.
    private UsageRow NewRow(int hour, DateTimeOffset since, SandboxUsage? first) => new()
    {
        Sandbox = id.Value,
        Hour = hour,
        Team = team.Value,
        LastAt = since,
        LastMemoryBytes = first?.MemoryBytes ?? 0,
        LastDiskBytes = first?.DiskBytes ?? 0,
    };
}
