using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store.Rows;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Core.Tests.Metering;

public sealed class SandboxMeterTests
{
    private const long MiB = 1024 * 1024;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly SandboxMeter _meter = new(SandboxId.New(), TestCore.Team);

    [Fact]
    public void Add_Samples_SumsOfWhatHasRisenOverTheTimeBetween()
    {
        Sample(10, cpu: 2, memoryMiB: 100, diskMiB: 10, sent: 50);
        Sample(10, cpu: 5, memoryMiB: 200, diskMiB: 30, sent: 80);

        var row = Assert.Single(_meter.Unsaved().Rows);
        Assert.Equal((5, 20, 80), (row.CpuSeconds, row.RunningSeconds, row.EgressBytes));
        Assert.Equal((100 * 10) + (150 * 10), row.MemoryUsedMiBSeconds, 6);
        Assert.Equal(512 * 20, row.MemoryReservedMiBSeconds, 6);
        Assert.Equal((10 * 10) + (20 * 10), row.DiskMiBSeconds, 6);
    }

    [Fact]
    public void Add_OverTheEndOfAnHour_EachHourHasItsPart()
    {
        Sample(60, cpu: 1);
        Sample(2 * 3600, cpu: 241);

        var rows = _meter.Unsaved().Rows;
        Assert.Equal(3, rows.Count);
        Assert.Equal([1800d, 3600d, 1860d], rows.Select(x => Math.Round(x.RunningSeconds, 6)));
        Assert.Equal(241, rows.Sum(x => x.CpuSeconds), 6);
        Assert.Equal(120, rows[1].CpuSeconds, 6);
    }

    [Fact]
    public void Add_PausedAndSuspended_CountApart()
    {
        Sample(10, memoryMiB: 100, diskMiB: 10);
        Sample(10, memoryMiB: 100, diskMiB: 10, state: MeteredState.Paused);
        Sample(10, memoryMiB: 0, diskMiB: 10, state: MeteredState.Suspended);

        var row = Assert.Single(_meter.Unsaved().Rows);
        Assert.Equal((10, 10, 10), (row.RunningSeconds, row.PausedSeconds, row.SuspendedSeconds));
        Assert.Equal(2000, row.MemoryUsedMiBSeconds, 6);
        Assert.Equal(512 * 20, row.MemoryReservedMiBSeconds, 6);
        Assert.Equal(300, row.DiskMiBSeconds, 6);
    }

    [Fact]
    public void Resume_SavedRow_CountersGoOnNothingTwice()
    {
        Sample(10, cpu: 5, sent: 100);
        var saved = _meter.Unsaved().Rows[^1];
        SandboxMeter later = new(SandboxId.New(), TestCore.Team);
        later.Resume(saved);

        _clock.Advance(TimeSpan.FromSeconds(100));
        later.Add(new(default, 8, 0, 1, 0, 0, 130), MeteredState.Running, 512, Start, _clock);

        var row = Assert.Single(later.Unsaved().Rows);
        Assert.Equal((8, 130, 110), (row.CpuSeconds, row.EgressBytes, Math.Round(row.RunningSeconds, 6)));
    }

    [Fact]
    public void Add_CounterFell_CountsFromZeroAndNotBelow()
    {
        Sample(10, cpu: 5, sent: 100);
        Sample(10, cpu: 1, sent: 20);

        var row = Assert.Single(_meter.Unsaved().Rows);
        Assert.Equal((6, 120), (row.CpuSeconds, row.EgressBytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Add_WallClockJumps_TimeIsTheMonotonicOne(int hours)
    {
        JumpingTime time = new(_clock);
        Sample(10, cpu: 1, time: time);
        time.Jump = TimeSpan.FromHours(hours);
        Sample(10, cpu: 2, time: time);

        var rows = _meter.Unsaved().Rows;
        Assert.Equal(20, rows.Sum(x => x.RunningSeconds), 6);
        Assert.Equal(2, rows.Sum(x => x.CpuSeconds), 6);
        Assert.Equal(rows.Select(x => x.Hour).Order().Distinct(), rows.Select(x => x.Hour));
    }

    [Fact]
    public void Add_AfterTheLast_PassedOver()
    {
        Sample(10, cpu: 1);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(_meter.Add(null, MeteredState.Running, 512, Start, _clock, last: true));
        Assert.Null(_meter.Add(new(default, 9, 0, 0, 0, 0, 0), MeteredState.Running, 512, Start, _clock));

        var row = Assert.Single(_meter.Unsaved().Rows);
        Assert.Equal((1, 20), (row.CpuSeconds, row.RunningSeconds));
    }

    [Fact]
    public void Saved_MeanwhileMeasuredAgain_IsStillToBeSaved()
    {
        Sample(10, cpu: 1);
        var (rows, sample) = _meter.Unsaved();
        Sample(10, cpu: 2);
        _meter.Saved(rows, sample);

        Assert.Equal(2, Assert.Single(_meter.Unsaved().Rows).CpuSeconds);
        var (again, newest) = _meter.Unsaved();
        _meter.Saved(again, newest);
        Assert.Empty(_meter.Unsaved().Rows);
        Assert.IsType<UsageRow>(again[0]);
    }

    private void Sample(
        double seconds, double cpu = 0, long memoryMiB = 0, long diskMiB = 0, long sent = 0, MeteredState state = MeteredState.Running, TimeProvider? time = null)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _meter.Add(new(default, cpu, memoryMiB * MiB, 1, diskMiB * MiB, 0, sent), state, 512, Start, time ?? _clock);
    }
}
