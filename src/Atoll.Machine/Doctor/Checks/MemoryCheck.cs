namespace Atoll.Machine.Doctor.Checks;

internal sealed class MemoryCheck : IDoctorCheck
{
    private const long LittleMiB = 2048;

    public string Name => "memory";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var available = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var mib = long.Parse(available.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
        return Task.FromResult(mib >= LittleMiB
            ? new DoctorFinding(Name, DoctorStatus.Ok, $"{mib} MiB available, {Environment.ProcessorCount} cores")
            : new DoctorFinding(Name, DoctorStatus.Warn, $"only {mib} MiB available", "An idle gVisor sandbox takes about 50 MiB, one that works what its limit allows."));
    }
}
