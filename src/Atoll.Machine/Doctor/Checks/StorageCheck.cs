using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Machine.Storage.Choosing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>Makes a small pool in a temporary folder, as the real one is made, and removes it.</summary>
internal sealed class StorageCheck(TimeProvider time, ILogger<BtrfsStorage> log) : IDoctorCheck
{
    private const long SmallPool = 256L << 20;

    public string Name => "storage";

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("atoll-doctor-").FullName;
        var machine = Options.Create(new MachineOptions { StateDirectory = folder, RuntimeDirectory = folder });
        using var storage = new ChosenStorage(machine, Options.Create(new StorageOptions { InitialBytes = SmallPool, MaxBytes = SmallPool, ReserveBytes = 1 << 20 }), time, log);
        try
        {
            var opened = await storage.OpenAsync(cancellation);
            if (opened.Fault is { } fault) return new DoctorFinding(Name, DoctorStatus.Missing, fault.Detail, fault.Hint);
            return storage.Limitation is { } limitation
                ? new DoctorFinding(Name, DoctorStatus.Warn, $"{storage.Kind}: {limitation}", "A kernel with btrfs (any of Debian's) makes copies free.")
                : new DoctorFinding(Name, DoctorStatus.Ok, $"{storage.Kind}: a pool was made, mounted and removed");
        }
        finally
        {
            await storage.CloseAsync(erase: true, CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}
