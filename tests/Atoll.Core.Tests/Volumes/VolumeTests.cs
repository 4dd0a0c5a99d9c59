using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Tests.Fakes;
using Atoll.Core.Volumes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Volumes;

public sealed class VolumeTests : IAsyncLifetime
{
    private const long Mebi = 1 << 20;
    private static readonly Fault Broken = new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "broken");
    private TestCore _core = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _core = await StartAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Volumes_OfOneTeam_AreFoundByIdAndNameAndByNobodyElse()
    {
        var made = await MakeAsync("data", 100);
        Assert.Equal((100, 100 * Mebi), (made.SizeMiB, _core.VolumeDisks.Limits[made.Id]));
        foreach (var name in (string[])["data", made.Id.Value]) Assert.Equal(made, Expect(await _core.Volumes.GetAsync(Team, name, Cancellation)).Volume);
        ExpectFault(await _core.Volumes.GetAsync(OtherTeam, made.Id.Value, Cancellation), FaultCode.VolumeNotFound);
        ExpectFault(await _core.Volumes.GetAsync(OtherTeam, "data", Cancellation), FaultCode.VolumeNotFound);
        ExpectFault(await _core.Volumes.DeleteAsync(OtherTeam, made.Id.Value, Cancellation), FaultCode.VolumeNotFound);
        ExpectFault(await _core.Volumes.OpenAsync(OtherTeam, "data", false, Cancellation), FaultCode.VolumeNotFound);
        ExpectFault(await _core.Volumes.CreateAsync(Team, new("data"), Cancellation), FaultCode.NameTaken);
        Expect(await _core.Volumes.CreateAsync(OtherTeam, new("data"), Cancellation));
        Assert.Empty(_core.VolumeDisks.Limits.Keys.Except([made.Id, Expect(await _core.Volumes.GetAsync(OtherTeam, "data", Cancellation)).Volume.Id]));

        _core.Clock.Advance(TimeSpan.FromSeconds(1));
        await MakeAsync("second", 1);
        var page = Expect(_core.Volumes.List(Team, 1, null));
        Assert.Equal(["second"], page.Items.Select(x => x.Volume.Name));
        page = Expect(_core.Volumes.List(Team, 1, page.NextCursor));
        Assert.Equal(["data"], page.Items.Select(x => x.Volume.Name));
        Assert.Null(page.NextCursor);
        Assert.Equal(["volume.created", "volume.created"], (await _core.EventsAsync()).Select(x => x.Type));
        Assert.Equal([made.Id.Value], (await _core.EventsAsync()).Take(1).Select(x => x.Detail));
    }

    [Fact]
    public async Task Change_NameAndSize_HoldsAlsoOnTheHostAndAfterARestart()
    {
        var made = await MakeAsync("data", 100);
        Expect(await _core.Volumes.UpdateAsync(Team, "data", new("other", 200), Cancellation));
        ExpectFault(await _core.Volumes.GetAsync(Team, "data", Cancellation), FaultCode.VolumeNotFound);
        Assert.Equal(200 * Mebi, _core.VolumeDisks.Limits[made.Id]);
        _core.VolumeDisks.UsedBytes = 150 * Mebi;
        Assert.Equal("sizeMiB", ExpectFault(await _core.Volumes.UpdateAsync(Team, "other", new(SizeMiB: 149), Cancellation), FaultCode.InvalidRequest).Fields.Single().Key);
        Assert.Equal(200 * Mebi, _core.VolumeDisks.Limits[made.Id]);
        Expect(await _core.Volumes.UpdateAsync(Team, "other", new(""), Cancellation));

        await _core.StopHostAsync();
        await _core.StartHostAsync();
        var found = Expect(await _core.Volumes.GetAsync(Team, made.Id.Value, Cancellation)).Volume;
        Assert.Equal((null, 200), (found.Name, found.SizeMiB));
    }

    [Fact]
    public async Task SnapshotAndClone_OfAVolume_CountWithWhatTheyShare()
    {
        var made = await MakeAsync("data", 100);
        _core.VolumeDisks.UsedBytes = 30 * Mebi;
        var snapshot = Expect(await _core.Volumes.SnapshotAsync(Team, "data", new("snap"), Cancellation)).Volume;
        Assert.Equal((true, 0, made.Id, 30 * Mebi), (snapshot.ReadOnly, snapshot.SizeMiB, snapshot.Source, snapshot.SharedBytes));
        _core.VolumeDisks.UsedBytes = 0;
        var clone = Expect(await _core.Volumes.CloneAsync(Team, "snap", new("copy", 50), Cancellation)).Volume;
        Assert.Equal((false, 50, snapshot.Id, 30 * Mebi), (clone.ReadOnly, clone.SizeMiB, clone.Source, clone.SharedBytes));
        Assert.Equal((3, 100 + 30 + 50 + 30), Use());
        ExpectFault(await _core.Volumes.OpenAsync(Team, "snap", write: true, Cancellation), FaultCode.VolumeReadOnly);
        ExpectFault(await _core.Volumes.UpdateAsync(Team, "snap", new(SizeMiB: 5), Cancellation), FaultCode.VolumeReadOnly);
        ExpectFault(await _core.Volumes.SnapshotAsync(Team, "data", new(SizeMiB: 5), Cancellation), FaultCode.InvalidRequest);

        foreach (var name in (string[])["data", "snap", "copy"]) Expect(await _core.Volumes.DeleteAsync(Team, name, Cancellation));
        Assert.Equal((0, 0), Use());
        Assert.Empty(_core.VolumeDisks.Limits);
    }

    [Fact]
    public async Task Delete_WhileMounted_IsRefusedNamingWho()
    {
        var made = await MakeAsync("data", 100);
        var sandbox = await _core.CreateAsync(new() { Volumes = [new("data", "/data")] });
        Assert.Equal([new VolumeMount(made.Id, "/data", false)], sandbox.Spec.Volumes!);
        Assert.Contains(sandbox.Id.Value, ExpectFault(await _core.Volumes.DeleteAsync(Team, "data", Cancellation), FaultCode.VolumeInUse).Detail, StringComparison.Ordinal);
        Assert.Equal([sandbox.Id], Expect(await _core.Volumes.GetAsync(Team, "data", Cancellation)).Sandboxes);
        ExpectFault(await _core.Volumes.OpenAsync(Team, "data", write: false, Cancellation), FaultCode.VolumeInUse);
        Expect(await _core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        await _core.StopHostAsync();
        await _core.StartHostAsync();
        ExpectFault(await _core.Volumes.DeleteAsync(Team, "data", Cancellation), FaultCode.VolumeInUse);
        Assert.Equal(sandbox.Spec.Volumes!, (await _core.GetAsync(sandbox.Id)).Spec.Volumes!);

        Expect(await _core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        Expect(await _core.Volumes.DeleteAsync(Team, "data", Cancellation));
        ExpectFault(await _core.Sandboxes.CreateAsync(Team, new() { Volumes = [new(made.Id.Value, "/data")] }, null, true, Cancellation), FaultCode.VolumeNotFound);
        ExpectFault(await _core.Volumes.DeleteAsync(Team, "data", Cancellation), FaultCode.VolumeNotFound);
    }

    [Fact]
    public async Task Write_FromOutside_EndsWhenTheVolumeIsMountedAndBeforeItIsRemoved()
    {
        var made = await MakeAsync("data", 100);
        var (first, mounting) = (Write(), _core.CreateAsync(new() { Volumes = [new("data", "/data")] }));
        var sandbox = await mounting;
        await first.Files.Cancelled.Task.WaitAsync(Cancellation);
        first.Files.LetGo.SetResult();
        Assert.Contains(sandbox.Id.Value, ExpectFault(await first.Written, FaultCode.VolumeInUse).Detail, StringComparison.Ordinal);
        Assert.True(first.Files.Disposed);
        Expect(await _core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));

        var second = Write();
        var removedWhileOpen = false;
        _core.VolumeDisks.OnDelete = () =>
        {
            removedWhileOpen = !second.Files.Disposed;
            return null;
        };
        var deleting = _core.Volumes.DeleteAsync(Team, "data", Cancellation);
        await second.Files.Cancelled.Task.WaitAsync(Cancellation);
        ExpectFault(await _core.Volumes.OpenAsync(Team, made.Id.Value, true, Cancellation), FaultCode.VolumeNotFound);
        Assert.False(deleting.IsCompleted);
        second.Files.LetGo.SetResult();
        ExpectFault(await second.Written, FaultCode.VolumeNotFound);
        Expect(await deleting);
        Assert.False(removedWhileOpen);

        (FakeVolumeFiles Files, Task<Result<FileEntry>> Written) Write()
        {
            FakeVolumeFiles fake = new();
            _core.VolumeDisks.OnOpen = () => fake;
            return (fake, RunAsync());

            async Task<Result<FileEntry>> RunAsync()
            {
                using var files = Expect(await _core.Volumes.OpenAsync(Team, "data", true, Cancellation));
                return await files.WriteAsync("/f", Stream.Null, new(true, null, null), Cancellation);
            }
        }
    }

    [Fact]
    public async Task Mount_AtAPath_IsCheckedBeforeAnythingIsMade()
    {
        await MakeAsync("data", 100);
        foreach (var path in (string[])["/data", "/data/", "/mnt/a b", "/usr/local", "/home/user", "/etc/app"]) await _core.CreateAsync(new() { Volumes = [new("data", path)] });
        string[] wrong =
        [
            "data", "", "/", "//", "/usr", "/etc", "/etc/hosts", "/etc/hosts/x", "/proc", "/proc/1", "/sys/fs", "/dev/shm", "/.atoll", "/a/./b", "/a/../b", "/a//b", "/a\n", "/a\0b", "/\ud800",
            "/" + new string('x', 256), string.Concat(Enumerable.Repeat("/xxxxxxx", 129)),
        ];
        foreach (var path in wrong)
        {
            var fault = ExpectFault(await _core.Sandboxes.CreateAsync(Team, new() { Volumes = [new("data", path)] }, null, true, Cancellation), FaultCode.InvalidRequest);
            Assert.Equal("volumes[0].path", fault.Fields.Single().Key);
        }
    }

    [Fact]
    public async Task Mounts_WithMistakes_AreToldAtOnce()
    {
        await MakeAsync("data", 100);
        Expect(await _core.Volumes.SnapshotAsync(Team, "data", new("snap"), Cancellation));
        Expect(await _core.Volumes.CreateAsync(OtherTeam, new("theirs"), Cancellation));
        SandboxRequest request = new() { Volumes = [new("data", "/a"), new("snap", "/a/b"), new("theirs", "/c"), new("data", "/d")] };
        var fault = ExpectFault(await _core.Sandboxes.CreateAsync(Team, request, null, true, Cancellation), FaultCode.InvalidRequest);
        Assert.Equal(["volumes[1].path", "volumes[1].readOnly", "volumes[2].volume"], fault.Fields.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Expect(await _core.Sandboxes.ListAsync(Team, new([], null, ImmutableDictionary<string, string>.Empty, 10, null), Cancellation)).Items);
    }

    [Fact]
    public async Task Create_ThatFailsOnTheHost_LeavesNothing()
    {
        _core.VolumeDisks.OnMake = () => Broken;
        ExpectFault(await _core.Volumes.CreateAsync(Team, new("data", 100), Cancellation), FaultCode.HostFailure);
        Assert.Equal((0, 0), Use());
        ExpectFault(await _core.Volumes.GetAsync(Team, "data", Cancellation), FaultCode.VolumeNotFound);
        _core.VolumeDisks.OnMake = () => null;
        await MakeAsync("data", 100);
    }

    [Fact]
    public async Task Delete_ThatFailsOnTheHost_IsTriedAgain()
    {
        await MakeAsync("data", 100);
        _core.VolumeDisks.OnDelete = () => Broken;
        Expect(await _core.Volumes.DeleteAsync(Team, "data", Cancellation));
        Assert.Single(_core.VolumeDisks.Limits);
        _core.VolumeDisks.OnDelete = () => null;
        await _core.AdvanceUntilAsync("it is gone", TimeSpan.FromMinutes(1), () => _core.VolumeDisks.Limits.IsEmpty);
    }

    [Fact]
    public async Task Quota_OfTheTeam_BoundsTheirSizes()
    {
        var team = Expect(await _core.Teams.CreateAsync("small", new(DiskMiB: 150), Cancellation)).Id;
        Expect(await _core.Volumes.CreateAsync(team, new("data", 100), Cancellation));
        ExpectFault(await _core.Volumes.CreateAsync(team, new("more", 51), Cancellation), FaultCode.QuotaExceeded);
        Expect(await _core.Volumes.CreateAsync(team, new("more", 50), Cancellation));
        ExpectFault(await _core.Volumes.UpdateAsync(team, "data", new(SizeMiB: 101), Cancellation), FaultCode.QuotaExceeded);
        Expect(await _core.Volumes.UpdateAsync(team, "data", new(SizeMiB: 20), Cancellation));
        Expect(await _core.Volumes.UpdateAsync(team, "more", new(SizeMiB: 130), Cancellation));
        ExpectFault(await _core.Teams.RemoveAsync(team.Value, Cancellation), FaultCode.TeamNotEmpty);
    }

    [Fact]
    public async Task Size_WithoutQuotas_IsNotSupported()
    {
        _core.VolumeDisks.HasQuotas = false;
        ExpectFault(await _core.Volumes.CreateAsync(Team, new("data", 100), Cancellation), FaultCode.NotSupported);
        Assert.Equal(0, Expect(await _core.Volumes.CreateAsync(Team, new("data"), Cancellation)).Volume.SizeMiB);
    }

    [Fact]
    public async Task Fork_OfASandboxWithVolumes_HasThemUnlessToldOtherwise()
    {
        await MakeAsync("data", 100);
        var origin = await _core.CreateAsync(new() { Volumes = [new("data", "/data")] });
        var forked = Expect(await _core.Checkpoints.ForkSandboxAsync(Team, origin.Id.Value, new(1, null, new()), Cancellation));
        Assert.Equal(origin.Spec.Volumes!, Expect(forked.Sandboxes[0]).Spec.Volumes!);
        var bare = Expect(await _core.Checkpoints.ForkAsync(Team, forked.Checkpoint.Value, new(1, null, new() { Volumes = [] }), Cancellation));
        Assert.Null(Expect(bare.Sandboxes[0]).Spec.Volumes);
        foreach (var id in (SandboxId[])[origin.Id, Expect(forked.Sandboxes[0]).Id]) Expect(await _core.Sandboxes.DeleteAsync(Team, id.Value, Cancellation));
        Expect(await _core.Volumes.DeleteAsync(Team, "data", Cancellation));
        Assert.Equal("volumes[0].volume", ExpectFault(await _core.Checkpoints.ForkAsync(Team, forked.Checkpoint.Value, new(1, null, new()), Cancellation), FaultCode.VolumeNotFound).Fields.Single().Key);
    }

    private async Task<Volume> MakeAsync(string name, int sizeMiB) => Expect(await _core.Volumes.CreateAsync(Team, new(name, sizeMiB), Cancellation)).Volume;

    private (int Volumes, int DiskMiB) Use()
    {
        var use = _core.Services.GetRequiredService<TeamLedger>().UseOf(Team);
        return (use.Volumes, (int)use.DiskMiB);
    }
}
