using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Core.Checkpoints;
using Atoll.Core.Checkpoints.Moving;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.Options;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Checkpoints;

public sealed class TransferTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExportAndImport_OnAnotherServer_IsAnotherCheckpointOfItsTeamWithTheSameDisk()
    {
        await using var here = await StartAsync();
        var sandbox = await here.CreateAsync(new() { Isolation = IsolationKind.GVisor, MemoryMiB = 2048, Env = ImmutableDictionary<string, string>.Empty.Add("A", "b"), Name = "web", TimeoutSeconds = 5 });
        var made = await MakeAsync(here, sandbox, "good");
        var exported = await ExportAsync(here, made);
        Assert.Equal(exported.SizeBytes, exported.SentBytes);
        Assert.Equal([(FakeStreams.Template, null), (FakeStreams.IdOf(made.Id), FakeStreams.Template)], here.Streams.Sent.Select(x => (x.Id, x.Since)));

        await using var there = await StartSharingAsync(here);
        TransferProgress progress = new();
        var imported = Expect(await there.Transfers.ImportAsync(OtherTeam, exported.Key, new(), progress, Cancellation));
        Assert.Equal((made.Id, OtherTeam, "good", null, 3L << 20), (imported.Origin, imported.Team, imported.Name, imported.Parent, imported.SizeBytes));
        Assert.NotEqual(made.Id, imported.Id);
        Assert.NotEqual(sandbox.Id, imported.Sandbox);
        Assert.Equal((5_300_000, 5_300_000), (progress.DoneBytes, progress.TotalBytes));
        Assert.Equal(here.Streams.Sent, there.Streams.Received);
        Assert.Equal([imported.Id], there.Disks.Saved);

        // Data, and no policy: limits and time are this server's.
        Assert.Equal(("b", 1024, 3600, null), (imported.Spec.Env["A"], imported.Spec.Limits.MemoryMiB, imported.Spec.Lifecycle.TimeoutSeconds, imported.Spec.Name));
        Assert.Single(await there.Events.ListAsync(OtherTeam, null, 0, 100, Cancellation), x => x.Type == EventTypes.CheckpointImported && x.Detail == imported.Id.Value);
        var forked = Expect(await there.Checkpoints.ForkAsync(OtherTeam, imported.Id.Value, new(1, CheckpointKind.Disk, new()), Cancellation));
        Assert.Equal(imported.Id, forked.Sandboxes[0].Value.Spec.Disk);
        await there.StopHostAsync();
        await there.StartHostAsync();
        Assert.Equal(made.Id, Expect(await there.Checkpoints.GetAsync(OtherTeam, imported.Id.Value, Cancellation)).Origin);
        Assert.Equal([imported.Id], there.Disks.Saved);
    }

    [Fact]
    public async Task Export_OfAChildAndAgain_SendsWhatIsNotThere()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var first = await MakeAsync(core, sandbox, null);
        var second = await MakeAsync(core, sandbox, null);
        var whole = await ExportAsync(core, first);
        var child = await ExportAsync(core, second);
        Assert.InRange(child.SentBytes, 150_000, 400_000);
        Assert.Equal(whole.Parts + 1, child.Parts);
        Assert.Equal((FakeStreams.IdOf(second.Id), (Guid?)FakeStreams.IdOf(first.Id)), core.Streams.Sent.Last());
        var again = await ExportAsync(core, second);
        Assert.Equal((child.Key, 0, child.SizeBytes), (again.Key, again.SentBytes, again.SizeBytes));
        Assert.Equal(3, core.Streams.Sent.Count);
        var other = await core.CreateAsync();
        await ExportAsync(core, await MakeAsync(core, other, null));
        Assert.Equal(4, core.Streams.Sent.Count);

        Expect(await core.Transfers.ImportAsync(Team, child.Key, new(), new(), Cancellation));
        Assert.Equal([FakeStreams.Template, FakeStreams.IdOf(first.Id), FakeStreams.IdOf(second.Id)], core.Streams.Received.Select(x => x.Id));
    }

    [Fact]
    public async Task Export_DifferenceWithMoreZerosThanTheDiskMayHold_IsWhole()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var first = await MakeAsync(core, sandbox, null);
        await ExportAsync(core, first);
        var second = await MakeAsync(core, sandbox, null);
        core.Streams.ZerosOfDifferences = ((long)sandbox.Spec.Limits.DiskMiB << 20) + 1;
        var exported = await ExportAsync(core, second);
        var disk = FakeStreams.IdOf(second.Id);
        Assert.Equal([(disk, FakeStreams.IdOf(first.Id)), (disk, null)], core.Streams.Sent.TakeLast(2).Select(x => (x.Id, x.Since)));
        Expect(await core.Transfers.ImportAsync(Team, exported.Key, new(), new(), Cancellation));
        Assert.Equal([(disk, null)], core.Streams.Received);

        // What was sent of the difference is of no harm: it is asked for again, and nothing is sent.
        Assert.Equal(0, (await ExportAsync(core, second)).SentBytes);
    }

    [Fact]
    public async Task Send_MoreThanTheDiskTakes_IsRefused()
    {
        FakeStore store = new();
        PartSender parts = new(store, Options.Create(new ExportOptions { PartBytes = 1 << 20 }));
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        var refused = await Assert.ThrowsAsync<FaultException>(() => parts.SendAsync("layers/x/", new MemoryStream(bytes), 2 << 20, new(), Cancellation));
        Assert.Equal(FaultCode.TooLarge, refused.Fault.Code);
        Assert.True(store.Objects.Values.Sum(value => value.Length) <= 2 << 20);
        await parts.SendAsync("layers/x/", new MemoryStream(bytes), 4 << 20, new(), Cancellation);
    }

    [Fact]
    public async Task Export_StoreGoneInTheMiddle_SaysSoAndTheNextGoesOn()
    {
        await using var core = await StartAsync();
        var checkpoint = await MakeAsync(core, await core.CreateAsync(), null);
        foreach (var calls in (int[])[0, 1, 3, 5, 6, 8])
        {
            core.Store.CallsLeft = calls;
            ExpectFault(await core.Transfers.ExportAsync(Team, checkpoint.Id.Value, new(), Cancellation), FaultCode.ObjectStoreUnavailable);
        }

        core.Store.CallsLeft = int.MaxValue;
        var before = core.Store.Objects.Where(x => !x.Key.EndsWith("/layer", StringComparison.Ordinal)).Sum(x => (long)x.Value.Length);
        Assert.True(before > 0);
        Assert.DoesNotContain(core.Store.Objects.Keys, key => key.StartsWith("exports/", StringComparison.Ordinal));
        var exported = await ExportAsync(core, checkpoint);
        Assert.Equal(exported.SizeBytes, before + exported.SentBytes);
        Assert.Equal(core.Store.Puts.Distinct().Count(), core.Store.Puts.Count);
        core.Store.CallsLeft = 3;
        ExpectFault(await core.Transfers.ImportAsync(Team, exported.Key, new(), new(), Cancellation), FaultCode.ObjectStoreUnavailable);
        core.Store.CallsLeft = int.MaxValue;
        Assert.Equal([checkpoint.Id], core.Disks.Saved);
        Expect(await core.Transfers.ImportAsync(Team, exported.Key, new(), new(), Cancellation));
    }

    [Fact]
    public async Task Import_OfAnythingAltered_IsRefusedAndLeavesNothing()
    {
        await using var core = await StartAsync();
        var checkpoint = await MakeAsync(core, await core.CreateAsync(), null);
        var exported = await ExportAsync(core, checkpoint);
        foreach (var (key, bytes) in core.Store.Objects.Where(x => !x.Key.EndsWith("/layer", StringComparison.Ordinal)))
        {
            foreach (var altered in (byte[][])[bytes[..^1], bytes[..(bytes.Length / 2)], [], [.. bytes, 0], Flipped(bytes, 0), Flipped(bytes, bytes.Length / 3), Flipped(bytes, bytes.Length - 1)])
            {
                core.Store.Objects[key] = altered;
                await RefusedAsync(core, exported.Key, FaultCode.ExportInvalid);
            }

            core.Store.Objects.Remove(key, out _);
            await RefusedAsync(core, exported.Key, key == exported.Key ? FaultCode.ObjectNotFound : FaultCode.ExportInvalid);
            core.Store.Objects[key] = bytes;
        }

        foreach (var key in (string[])["", "exports", "exports/x/y", exported.Key.ToUpperInvariant(), exported.Key + "0", "../" + exported.Key, "layers/" + exported.Key[8..]]) await RefusedAsync(core, key, FaultCode.InvalidRequest);
        Expect(await core.Transfers.ImportAsync(Team, exported.Key, new(), new(), Cancellation));
    }

    /// <summary>Manifests that are what their key says, and still not what this server takes.</summary>
    [Fact]
    public async Task Import_OfAnotherManifest_IsRefusedWithTheReason()
    {
        await using var core = await StartAsync();
        var exported = await ExportAsync(core, await MakeAsync(core, await core.CreateAsync(), null));
        await TryAsync(FaultCode.ExportUnsupported, manifest => manifest["version"] = 2);
        await TryAsync(FaultCode.IsolationUnavailable, manifest => manifest["sandbox"]!["isolation"] = "container");
        foreach (var change in (Action<JsonObject>[])[
            manifest => manifest["format"] = "other",
            manifest => manifest.Remove("version"),
            manifest => manifest["kind"] = "tape",
            manifest => manifest["kind"] = "full",
            manifest => manifest["more"] = 1,
            manifest => manifest["team"] = "team_bbbbbbbbbbbbbbbb",
            manifest => manifest["sandbox"]!["limits"] = new JsonObject { ["memoryMiB"] = 1_000_000 },
            manifest => manifest["sandbox"]!["isolation"] = "none",
            manifest => manifest["sandbox"]!["template"] = "../../etc",
            manifest => manifest["sandbox"]!["user"] = "4294967296",
            manifest => manifest["sandbox"]!["workingDirectory"] = "proc/self/fd/8",
            manifest => manifest["sandbox"]!["env"]!["A=B"] = "x",
            manifest => manifest["sandbox"]!.AsObject().Remove("env"),
            manifest => manifest["name"] = "../x",
            manifest => manifest["checkpoint"] = "x",
            manifest => manifest["files"] = new JsonArray(new JsonObject { ["name"] = "memory", ["rawBytes"] = 1, ["parts"] = new JsonArray() }),
            manifest => manifest["layers"] = new JsonArray(),
            manifest => manifest["layers"]!.AsArray().RemoveAt(0),
            manifest => manifest["layers"]!.AsArray().Add(manifest["layers"]![0]!.DeepClone()),
            manifest => manifest["layers"]![0]!["rawBytes"] = 4_999_999,
            manifest => manifest["layers"]![0]!["rawBytes"] = 5_000_001,
            manifest => manifest["layers"]![0]!["rawBytes"] = -1,
            manifest => manifest["layers"]![0]!["parts"]![0]!["bytes"] = int.MaxValue,
            manifest => manifest["layers"]![0]!["parts"]![0]!["sha256"] = "../../../../etc/passwd",
            manifest => manifest["layers"]![0]!["parts"]!.AsArray().Add(manifest["layers"]![0]!["parts"]![0]!.DeepClone()),
            manifest => manifest["layers"]![0] = null,
        ]) await TryAsync(FaultCode.ExportInvalid, change);
        await TryAsync(FaultCode.TooLarge, manifest => manifest["layers"]![0]!["rawBytes"] = 1L << 50);
        await TryAsync(FaultCode.TooLarge, manifest => manifest["layers"]![1]!["rawBytes"] = long.MaxValue);

        async Task TryAsync(FaultCode code, Action<JsonObject> change)
        {
            var manifest = JsonNode.Parse(core.Store.Objects[exported.Key])!.AsObject();
            change(manifest);
            await RefusedAsync(core, Put(core, manifest.ToJsonString()), code);
        }
    }

    [Fact]
    public async Task Import_BeyondTheTeamsQuota_IsRefusedBeforeAnythingIsRead()
    {
        await using var core = await StartAsync();
        var exported = await ExportAsync(core, await MakeAsync(core, await core.CreateAsync(), null));
        var team = Expect(await core.Teams.CreateAsync("small", new(DiskMiB: 5), Cancellation)).Id;
        ExpectFault(await core.Transfers.ImportAsync(team, exported.Key, new(), new(), Cancellation), FaultCode.QuotaExceeded);
        Assert.Empty(core.Streams.Received);
        Expect(await core.Teams.UpdateAsync("small", new(DiskMiB: 6), Cancellation));
        Expect(await core.Transfers.ImportAsync(team, exported.Key, new(), new(), Cancellation));
        Assert.Equal(3, Expect(await core.Teams.FindAsync("small", Cancellation)).Use.DiskMiB);
    }

    [Fact]
    public async Task Archive_WholeCutOffOrAltered_IsImportedOrRefused()
    {
        await using var core = await StartAsync();
        var checkpoint = await MakeAsync(core, await core.CreateAsync(), "good");
        var archive = Expect(await core.Transfers.OpenArchiveAsync(Team, checkpoint.Id.Value, Cancellation));
        using MemoryStream file = new();
        await archive.Bytes.CopyToAsync(file, Cancellation);
        Assert.Equal(archive.Length, file.Length);
        var bytes = file.ToArray();
        core.Store.Objects.Clear();
        var imported = Expect(await core.Transfers.ImportAsync(Team, new MemoryStream(bytes), new("mine", "text"), new(), Cancellation));
        Assert.Equal(("mine", "text", checkpoint.Id), (imported.Name, imported.Comment, imported.Origin));
        foreach (var cut in Enumerable.Range(0, 40).Select(x => x * bytes.Length / 40).Concat([1, 8, 15, 16, 17, bytes.Length - 1])) await ArchiveRefusedAsync(core, bytes[..cut]);
        foreach (var at in Enumerable.Range(0, 40).Select(x => x * bytes.Length / 40).Concat([1, 12, 15, 16, bytes.Length - 1])) await ArchiveRefusedAsync(core, Flipped(bytes, at));
        await ArchiveRefusedAsync(core, [.. bytes, 0]);
        ExpectFault(await core.Transfers.ImportAsync(Team, new MemoryStream(bytes), new("Not A Name"), new(), Cancellation), FaultCode.InvalidRequest);
        Assert.Equal(2, core.Disks.Saved.Count);
    }

    [Fact]
    public async Task ExportAndImport_OfWhatIsNotTheirs_IsNotFound()
    {
        await using var core = await StartAsync();
        var checkpoint = await MakeAsync(core, await core.CreateAsync(), null);
        ExpectFault(await core.Transfers.ExportAsync(OtherTeam, checkpoint.Id.Value, new(), Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Transfers.OpenArchiveAsync(OtherTeam, checkpoint.Id.Value, Cancellation), FaultCode.CheckpointNotFound);
        Assert.Empty(core.Store.Objects);
    }

    private static async Task RefusedAsync(TestCore core, string key, FaultCode code)
    {
        var saved = core.Disks.Saved.Count;
        ExpectFault(await core.Transfers.ImportAsync(Team, key, new(), new(), Cancellation), code);
        Assert.Equal(saved, core.Disks.Saved.Count);
        Assert.Single(Expect(await core.Checkpoints.ListAsync(Team, null, 100, null, Cancellation)).Items);
    }

    private static async Task ArchiveRefusedAsync(TestCore core, byte[] bytes)
    {
        var refused = await core.Transfers.ImportAsync(Team, new MemoryStream(bytes), new(), new(), Cancellation);
        Assert.True(refused.Fault?.Code is FaultCode.ExportInvalid or FaultCode.ExportUnsupported, refused.Fault?.ToString() ?? "taken");
        Assert.Equal(2, core.Disks.Saved.Count);
    }

    private static string Put(TestCore core, string manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest);
        var key = $"exports/{CheckpointId.New()}/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        core.Store.Objects[key] = bytes;
        return key;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] other = [.. bytes];
        other[at] ^= 1;
        return other;
    }

    private static async Task<TestCore> StartSharingAsync(TestCore other)
    {
        var core = await StartAsync();
        await core.StopHostAsync();
        core.Store = other.Store;
        await core.StartHostAsync();
        return core;
    }

    private static async Task<Exported> ExportAsync(TestCore core, Checkpoint checkpoint) => Expect(await core.Transfers.ExportAsync(Team, checkpoint.Id.Value, new(), Cancellation));

    private static async Task<Checkpoint> MakeAsync(TestCore core, Sandbox sandbox, string? name) =>
        Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(Name: name), Cancellation));
}
