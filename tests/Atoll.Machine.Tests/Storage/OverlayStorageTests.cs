using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Overlay;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

public sealed class OverlayStorageTests : SandboxStorageConformance
{
    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) => new OverlayStorage(machine, options, TimeProvider.System);

    // Online growth of ext4 needs CAP_SYS_RESOURCE (bit 24), which root of a nested machine may lack.
    private protected override bool CanRaise => (Convert.ToUInt64(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(), 16) >> 24 & 1) == 1;

    private protected override void Prepare()
    {
        Requires.Kernel("overlay");
        Requires.Tool("mkfs.ext4");
    }

    private protected override void LeaveHalfMade()
    {
        base.LeaveHalfMade();
        var half = Directory.CreateDirectory(Path.Combine(Harness.Pool, "sandboxes", SandboxId.New().Value)).FullName;
        File.WriteAllText(Path.Combine(half, "disk.img.new"), "half");
    }
}
