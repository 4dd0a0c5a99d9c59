using Atoll.Machine.Isolation;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>Starts a tiny sandbox of one kind.</summary>
internal sealed class IsolationCheck(ISandboxRuntime runtime) : IDoctorCheck
{
    public string Name => "isolation " + runtime.Kind.ToString().ToLowerInvariant();

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var support = await runtime.ProbeAsync(cancellation);
        return support.Available
            ? new DoctorFinding(Name, DoctorStatus.Ok, $"{support.Runtime} ran a sandbox")
            : new DoctorFinding(Name, DoctorStatus.Missing, support.Missing!, "The other isolation still works, if it is ok here.");
    }
}
