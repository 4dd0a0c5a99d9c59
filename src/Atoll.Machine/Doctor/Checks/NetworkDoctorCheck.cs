using Atoll.Machine.Networking.Probing;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>Tries namespaces, interfaces and rules in a namespace of its own.</summary>
internal sealed class NetworkDoctorCheck(NetworkProber prober) : IDoctorCheck
{
    public string Name => "network";

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var probe = await prober.ProbeAsync(cancellation);
        var bad = probe.Checks.Where(check => !check.Passed).ToList();
        return bad.Count == 0
            ? new DoctorFinding(Name, DoctorStatus.Ok, "namespaces, interfaces and rules work, no other firewall is in the way")
            : new DoctorFinding(Name, DoctorStatus.Missing, string.Join(" ", bad.Select(check => check.Finding)), string.Join(" ", bad.Select(check => check.Remedy)));
    }
}
