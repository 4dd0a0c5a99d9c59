using Atoll.Machine.Doctor;

namespace Atoll.Server.Api.Service;

/// <summary>What the doctor found, check by check.</summary>
internal sealed record DoctorView(IReadOnlyList<DoctorCheckView> Checks)
{
    public static DoctorView From(IEnumerable<DoctorFinding> findings) =>
        new([.. findings.Select(finding => new DoctorCheckView(finding.Name, finding.Status.ToString().ToLowerInvariant(), finding.Detail, finding.Fix))]);
}
