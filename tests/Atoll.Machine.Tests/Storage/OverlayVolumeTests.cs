using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Overlay;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

public sealed class OverlayVolumeTests : VolumeStorageConformance
{
    private protected override bool Complete => false;

    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) => new OverlayStorage(machine, options, TimeProvider.System);

    private protected override void Prepare()
    {
        Requires.Kernel("overlay");
        Requires.Tool("mkfs.ext4");
    }
}
