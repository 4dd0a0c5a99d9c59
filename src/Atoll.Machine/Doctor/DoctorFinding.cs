namespace Atoll.Machine.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Name">What was checked, in a word or two.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Fix">What to do about it; null where nothing is to be done.</param>
public sealed record DoctorFinding(string Name, DoctorStatus Status, string Detail, string? Fix = null);
