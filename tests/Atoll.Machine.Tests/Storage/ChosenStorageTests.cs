using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Machine.Storage.Choosing;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Storage;

public sealed class ChosenStorageTests
{
    private static ChosenStorage Make(MachineOptions machine, StorageOptions options) =>
        new ChosenStorage(Options.Create(machine), Options.Create(options), TimeProvider.System, NullLogger<BtrfsStorage>.Instance);

    [Fact]
    public async Task Open_AutoWithBtrfs_TakesIt()
    {
        Requires.Root();
        Requires.Kernel("btrfs");
        await using var harness = new StorageHarness(Make, new StorageOptions { InitialBytes = 512L << 20, ReserveBytes = 0 });
        await harness.OpenAsync();

        Assert.Equal("btrfs", harness.Storage.Kind);
    }

    [Fact]
    public async Task Open_AutoWhereBtrfsFails_FallsBackAndSaysWhy()
    {
        Requires.Root();

        // Smaller than mkfs.btrfs accepts, which no validated configuration is.
        await using var harness = new StorageHarness(Make, new StorageOptions { InitialBytes = 1 << 20, ReserveBytes = 0 });
        await harness.OpenAsync();

        Assert.Equal("overlay", harness.Storage.Kind);
        Assert.Contains("btrfs", harness.Storage.Limitation);
        await harness.ReopenAsync();
        Assert.Equal("overlay", harness.Storage.Kind);
    }

    [Fact]
    public async Task Open_OnADeviceThatHoldsSomethingElse_RefusesAndWritesNothing()
    {
        Requires.Root();
        using var scratch = new Scratch();
        var image = scratch.PathOf("foreign.img");
        await File.WriteAllBytesAsync(image, new byte[16 << 20], StorageHarness.Cancellation);
        var made = await HostCommand.RunAsync(["mkfs.ext4", "-q", "-F", image], TimeSpan.FromSeconds(30), StorageHarness.Cancellation);
        Assert.True(made.Succeeded, made.Summary);
        var (handle, device) = LoopDevice.Attach(image);
        using (handle)
        {
            using var storage = Make(
                new MachineOptions { StateDirectory = scratch.PathOf("state") }, new StorageOptions { Device = device });
            var opened = await storage.OpenAsync(StorageHarness.Cancellation);

            Assert.Contains("nothing was written", opened.Fault?.Detail);
        }
    }

    [Fact]
    public void Validate_EverythingWrong_SaysAllAtOnce()
    {
        var result = new StorageOptionsValidator().Validate(null, new StorageOptions { Kind = "zfs", Quota = "no", Device = "sda", InitialBytes = 1, MaxBytes = 0, ReserveBytes = -1 });

        Assert.Equal(6, result.Failures!.Count());
    }
}
