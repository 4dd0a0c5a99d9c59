using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Overlay;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

public sealed class OverlayStorageTests : SandboxStorageConformance
{
    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) => new OverlayStorage(machine, options, TimeProvider.System);

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
