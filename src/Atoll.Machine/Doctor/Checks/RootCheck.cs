namespace Atoll.Machine.Doctor.Checks;

internal sealed class RootCheck : IDoctorCheck
{
    public string Name => "root";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation) => Task.FromResult(Environment.IsPrivilegedProcess
        ? new DoctorFinding(Name, DoctorStatus.Ok, "the server runs as root")
        : new DoctorFinding(Name, DoctorStatus.Missing, "not root: no mounts, namespaces or cgroups, so no sandboxes", "Run the server as root. The command line client works without, against another machine's server."));
}
