using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Checkpoints;

/// <summary>As <see cref="TransferTests"/>, for checkpoints with memory.</summary>
public sealed class MemoryTransferTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExportAndImport_WithMemory_IsAnotherFullCheckpointWithThisServersLimits()
    {
        await using var here = await StartAsync();
        var made = await MakeAsync(here, memoryMiB: 2048);
        var exported = await ExportAsync(here, made);
        Assert.Equal(exported.SizeBytes, exported.SentBytes);
        var again = await ExportAsync(here, made);
        Assert.Equal((exported.Key, 0, 3), (again.Key, again.SentBytes, here.Memories.Sent.Count));

        await using var there = await StartAsync();
        await there.StopHostAsync();
        there.Store = here.Store;
        await there.StartHostAsync();
        TransferProgress progress = new();
        var imported = Expect(await there.Transfers.ImportAsync(OtherTeam, exported.Key, new(), progress, Cancellation));
        Assert.Equal((CheckpointKind.Full, made.Id, imported.Id, (3L << 20) + 3_050_000), (imported.Kind, imported.Origin, imported.Memory, imported.SizeBytes));
        Assert.Equal((8_400_000, 8_400_000), (progress.DoneBytes, progress.TotalBytes));
        Assert.Equal(["agent", "checkpoint.img", "pages.img"], there.Memories.Received);
        Assert.Equal(1024, imported.Spec.Limits.MemoryMiB);
        Assert.Equal([imported.Id], there.Disks.Memories);
        var forked = Expect(await there.Checkpoints.ForkAsync(OtherTeam, imported.Id.Value, new(1, null, new()), Cancellation));
        Assert.Equal((imported.Id, imported.Id), (forked.Sandboxes[0].Value.Spec.Disk, forked.Sandboxes[0].Value.Spec.Memory));
        await there.StopHostAsync();
        await there.StartHostAsync();
        Assert.Equal([imported.Id], there.Disks.Saved);
        Assert.Equal([imported.Id], there.Disks.Memories);
    }

    [Fact]
    public async Task Export_OfADamagedMemory_IsRefused()
    {
        await using var core = await StartAsync();
        var made = await MakeAsync(core);
        core.Memories.Damage = new(FaultCode.CheckpointDamaged, FaultSide.Host, FaultStage.Storage, "It is damaged.");
        ExpectFault(await core.Transfers.ExportAsync(Team, made.Id.Value, new(), Cancellation), FaultCode.CheckpointDamaged);
        Assert.DoesNotContain(core.Store.Objects.Keys, key => key.StartsWith("exports/", StringComparison.Ordinal) || key.StartsWith("memories/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_OfAnyPartAltered_IsRefusedAndLeavesNothing()
    {
        await using var core = await StartAsync();
        var exported = await ExportAsync(core, await MakeAsync(core));
        foreach (var (key, bytes) in core.Store.Objects.Where(x => x.Key.StartsWith("memories/", StringComparison.Ordinal) && !x.Key.EndsWith("/memory", StringComparison.Ordinal)).ToList())
        {
            foreach (var altered in (byte[][])[bytes[..^1], bytes[..(bytes.Length / 2)], [], [.. bytes, 0], Flipped(bytes, 0), Flipped(bytes, bytes.Length / 3), Flipped(bytes, bytes.Length - 1)])
            {
                core.Store.Objects[key] = altered;
                await RefusedAsync(core, exported.Key, FaultCode.ExportInvalid);
            }

            core.Store.Objects.Remove(key, out _);
            await RefusedAsync(core, exported.Key, FaultCode.ExportInvalid);
            core.Store.Objects[key] = bytes;
        }

        core.Memories.Here = "runsc version 2";
        core.Streams.Received.Clear();
        await RefusedAsync(core, exported.Key, FaultCode.CheckpointMismatch);
        Assert.Empty(core.Streams.Received);
        core.Memories.Here = FakeMemories.Runtime;
        core.Disks.NoMemory = new(FaultCode.NotSupported, FaultSide.Host, FaultStage.Isolation, "It cannot.");
        await RefusedAsync(core, exported.Key, FaultCode.NotSupported);
        core.Disks.NoMemory = null;
        Expect(await core.Transfers.ImportAsync(Team, exported.Key, new(), new(), Cancellation));
    }

    [Fact]
    public async Task Import_OfAnotherManifest_IsRefusedWithTheReason()
    {
        await using var core = await StartAsync();
        var exported = await ExportAsync(core, await MakeAsync(core));
        foreach (var change in (Action<JsonObject>[])[
            manifest => manifest["kind"] = "disk",
            manifest => manifest.Remove("memory"),
            manifest => manifest["files"] = new JsonArray(),
            manifest => manifest["memory"]!["limits"] = new JsonObject { ["memoryMiB"] = 1_000_000 },
            manifest => manifest["memory"]!["spec"] = new JsonObject { ["mounts"] = new JsonArray("/") },
            manifest => manifest["memory"]!["runtime"] = "",
            manifest => manifest["memory"]!["agent"] = "../../../bin/sh",
            manifest => manifest["memory"]!["token"] = "AAAA",
            manifest => manifest["memory"]!["token"] = null,
            manifest => manifest["files"]!.AsArray().RemoveAt(0),
            manifest => manifest["files"]![0] = null,
            manifest => manifest["files"]![1]!["name"] = "../pages.img",
            manifest => manifest["files"]![1]!["name"] = "..",
            manifest => manifest["files"]![1]!["name"] = "manifest/x",
            manifest => manifest["files"]![1]!["name"] = "agent",
            manifest => manifest["files"]![1]!["rawBytes"] = 0,
            manifest => manifest["files"]![1]!["rawBytes"] = 49_999,
            manifest => manifest["files"]![1]!["rawBytes"] = 50_001,
            manifest => manifest["files"]![1]!["parts"] = new JsonArray(),
            manifest => manifest["files"]![1]!["parts"]![0]!["sha256"] = "../../../../etc/passwd",
            manifest => { while (manifest["files"]!.AsArray().Count < 17) manifest["files"]!.AsArray().Add(manifest["files"]![1]!.DeepClone()); },
        ]) await TryAsync(FaultCode.ExportInvalid, change);
        await TryAsync(FaultCode.TooLarge, manifest => manifest["files"]![1]!["rawBytes"] = long.MaxValue);
        await TryAsync(FaultCode.CheckpointMismatch, manifest => manifest["memory"]!["runtime"] = "runsc version 3");

        async Task TryAsync(FaultCode code, Action<JsonObject> change)
        {
            var manifest = JsonNode.Parse(core.Store.Objects[exported.Key])!.AsObject();
            change(manifest);
            var bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
            var key = $"exports/{exported.Key.Split('/')[1]}/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
            core.Store.Objects[key] = bytes;
            await RefusedAsync(core, key, code);
        }
    }

    [Fact]
    public async Task Import_BeyondTheTeamsQuota_CountsTheMemory()
    {
        await using var core = await StartAsync();
        var exported = await ExportAsync(core, await MakeAsync(core));
        var team = Expect(await core.Teams.CreateAsync("small", new(DiskMiB: 8), Cancellation)).Id;
        ExpectFault(await core.Transfers.ImportAsync(team, exported.Key, new(), new(), Cancellation), FaultCode.QuotaExceeded);
        Expect(await core.Teams.UpdateAsync("small", new(DiskMiB: 9), Cancellation));
        Expect(await core.Transfers.ImportAsync(team, exported.Key, new(), new(), Cancellation));
        Assert.Equal(6, Expect(await core.Teams.FindAsync("small", Cancellation)).Use.DiskMiB);
    }

    [Fact]
    public async Task Archive_WithMemory_IsTakenOnlyWhereTheOperatorSaysSoAndNotAltered()
    {
        await using var core = await StartAsync();
        var made = await MakeAsync(core);
        var archive = Expect(await core.Transfers.OpenArchiveAsync(Team, made.Id.Value, Cancellation));
        using MemoryStream file = new();
        await archive.Bytes.CopyToAsync(file, Cancellation);
        Assert.Equal(archive.Length, file.Length);
        var bytes = file.ToArray();
        var refused = ExpectFault(await core.Transfers.ImportAsync(Team, new MemoryStream(bytes), new(), new(), Cancellation), FaultCode.NotSupported);
        Assert.Contains("Exports:UploadedMemory", refused.Hint, StringComparison.Ordinal);
        await core.StopHostAsync();
        core.UploadedMemory = true;
        await core.StartHostAsync();
        foreach (var at in Enumerable.Range(1, 39).Select(x => x * bytes.Length / 40).Append(bytes.Length - 1))
        {
            ExpectFault(await core.Transfers.ImportAsync(Team, new MemoryStream(bytes[..at]), new(), new(), Cancellation), FaultCode.ExportInvalid);
            ExpectFault(await core.Transfers.ImportAsync(Team, new MemoryStream(Flipped(bytes, at)), new(), new(), Cancellation), FaultCode.ExportInvalid);
        }

        Assert.Equal([made.Id], core.Disks.Saved);
        Assert.Equal([made.Id], core.Disks.Memories);
        var imported = Expect(await core.Transfers.ImportAsync(Team, new MemoryStream(bytes), new("mine"), new(), Cancellation));
        Assert.Equal(("mine", CheckpointKind.Full), (imported.Name, imported.Kind));
    }

    private static async Task RefusedAsync(TestCore core, string key, FaultCode code)
    {
        ExpectFault(await core.Transfers.ImportAsync(Team, key, new(), new(), Cancellation), code);
        Assert.Single(core.Disks.Saved);
        Assert.Single(core.Disks.Memories);
        Assert.Single(Expect(await core.Checkpoints.ListAsync(Team, null, 100, null, Cancellation)).Items);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] other = [.. bytes];
        other[at] ^= 1;
        return other;
    }

    private static async Task<Exported> ExportAsync(TestCore core, Checkpoint checkpoint) => Expect(await core.Transfers.ExportAsync(Team, checkpoint.Id.Value, new(), Cancellation));

    private static async Task<Checkpoint> MakeAsync(TestCore core, int? memoryMiB = null)
    {
        var sandbox = await core.CreateAsync(new() { Isolation = IsolationKind.GVisor, MemoryMiB = memoryMiB });
        return Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(CheckpointKind.Full), Cancellation));
    }
}
