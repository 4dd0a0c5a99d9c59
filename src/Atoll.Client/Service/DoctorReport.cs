namespace Atoll.Client.Service;

/// <summary>What a host can do, found by trying.</summary>
public sealed record DoctorReport(IReadOnlyList<DoctorCheck> Checks);
