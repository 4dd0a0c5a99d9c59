using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Storage;

public sealed class BtrfsCheckpointTests : CheckpointStorageConformance
{
    private protected override bool HasSnapshots => true;

    private protected override ISandboxStorage Make(MachineOptions machine, StorageOptions options) => new BtrfsStorage(machine, options, TimeProvider.System, NullLogger<BtrfsStorage>.Instance);

    private protected override void Prepare()
    {
        Requires.Kernel("btrfs");
        Requires.Tool("mkfs.btrfs");
    }
}
