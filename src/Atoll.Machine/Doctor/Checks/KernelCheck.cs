using System.Runtime.InteropServices;

namespace Atoll.Machine.Doctor.Checks;

internal sealed class KernelCheck : IDoctorCheck
{
    /// <summary>pidfd_open (5.3), openat2 (5.6), close_range (5.9) and cgroup.kill (5.14) are relied on.</summary>
    private static readonly Version Oldest = new(5, 14);

    public string Name => "kernel";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var release = "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var version = Environment.OSVersion.Version;
        return Task.FromResult(version >= Oldest
            ? new DoctorFinding(Name, DoctorStatus.Ok, $"{release} on {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}")
            : new DoctorFinding(Name, DoctorStatus.Missing, $"{release} is older than {Oldest}", "Upgrade to a distribution with a kernel of 5.14 or newer (Debian 12 has 6.1)."));
    }
}
