using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Storage;

public class BtrfsStorageTests : SandboxStorageConformance
{
    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) =>
        new BtrfsStorage(machine, options, TimeProvider.System, NullLogger<BtrfsStorage>.Instance);

    private protected override void Prepare()
    {
        Requires.Kernel("btrfs");
        Requires.Tool("mkfs.btrfs");
    }

    private protected override void LeaveHalfMade()
    {
        base.LeaveHalfMade();
        var tree = Directory.CreateDirectory(Path.Combine(Harness.Pool, "trees", "abandoned1111111")).FullName;
        BtrfsCall.CreateSubvolume(Path.Combine(tree, "root"));
        Directory.Delete(Path.Combine(Harness.Pool, "trees", "abandoned0000000"), recursive: true);
    }

    [Fact]
    public async Task Pool_AboutToBeFull_GrowsOnline()
    {
        await Harness.TemplateAsync("base");
        var file = Path.Combine(Harness.State, "pool.img");
        var before = new FileInfo(file).Length;
        var root = StorageHarness.Value(await Harness.Storage.CloneAsync("base", SandboxId.New(), 1L << 30, StorageHarness.Cancellation));

        Fill(root, "much", before * 2 / 3);
        Assert.Null((await Harness.Storage.CloneAsync("base", SandboxId.New(), 1L << 25, StorageHarness.Cancellation)).Fault);

        Assert.True(new FileInfo(file).Length > before);
        Fill(root, "more", before * 2 / 3);
    }

    [Fact]
    public async Task Open_AfterACrashWhileGrowing_UsesTheWholeFile()
    {
        var file = Path.Combine(Harness.State, "pool.img");
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(handle, 1L << 30);
        }

        Assert.Null((await Harness.Storage.CloseAsync(erase: false, StorageHarness.Cancellation)).Fault);
        await Harness.ReopenAsync();

        Assert.InRange(new DriveInfo(Harness.Pool).TotalSize, (1L << 30) - (1L << 20), 1L << 30);
    }

    [Fact]
    public async Task Clone_OfATreeThatWasClonedBefore_IsASpareWithALimitOfItsOwn()
    {
        Assert.SkipWhen(Harness.Storage.Limitation is not null, "no simple quotas here");
        await Harness.TemplateAsync("base");
        StorageHarness.Value(await Harness.Storage.CloneAsync("base", SandboxId.New(), 1L << 25, StorageHarness.Cancellation));
        await Eventually.HoldsAsync("all spares are made", () => Spares().Length == new StorageOptions().SpareClones, StorageHarness.Cancellation);
        var spares = Spares().Select(path => BtrfsCall.Inspect(path).Id).ToHashSet();

        var clone = StorageHarness.Value(await Harness.Storage.CloneAsync("base", SandboxId.New(), 1L << 26, StorageHarness.Cancellation));

        var id = BtrfsCall.Inspect(clone).Id;
        Assert.Contains(id, spares);
        Assert.Equal("from the template", await File.ReadAllTextAsync(Path.Combine(clone, "greeting"), StorageHarness.Cancellation));
        Assert.Equal($"{1L << 26}", (await File.ReadAllTextAsync($"/sys/fs/btrfs/{BtrfsCall.FilesystemId(Harness.Pool)}/qgroups/0_{id}/max_exclusive", StorageHarness.Cancellation)).TrimEnd());
    }

    [Fact]
    public async Task Spares_WhoseTimerComesTooEarly_AreMadeAllTheSame()
    {
        Assert.SkipWhen(Harness.Storage.Limitation is not null, "no simple quotas here");
        var (root, folder) = (await Harness.TemplateAsync("base"), Path.Combine(Harness.Pool, "hasty"));
        using SpareShelf shelf = new(folder, 2, new HastyTime());
        shelf.Open();
        Assert.False(shelf.TryTake(root, Path.Combine(Harness.Pool, "clone"), 1L << 25));
        await Eventually.HoldsAsync("spares are made", () => Directory.GetDirectories(folder).Length == 2, StorageHarness.Cancellation);
        shelf.Close();
    }

    [Fact]
    public async Task Open_AfterACrash_RemovesSpares()
    {
        await Harness.TemplateAsync("base");
        var left = Path.Combine(Harness.Pool, "spares", "0123456789abcdef0123");
        BtrfsCall.Snapshot(Path.Combine(Harness.Pool, "templates", "base", "root"), left, null);

        await Harness.ReopenAsync();

        Assert.False(Directory.Exists(left));
    }

    private string[] Spares() => Directory.GetDirectories(Path.Combine(Harness.Pool, "spares"));
}
