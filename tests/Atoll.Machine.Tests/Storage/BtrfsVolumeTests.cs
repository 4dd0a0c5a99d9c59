using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Storage;

public sealed class BtrfsVolumeTests : VolumeStorageConformance
{
    private protected override bool Complete => true;

    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) => new BtrfsStorage(machine, options, TimeProvider.System, NullLogger<BtrfsStorage>.Instance);

    private protected override void Prepare()
    {
        Requires.Kernel("btrfs");
        Requires.Tool("mkfs.btrfs");
    }
}
