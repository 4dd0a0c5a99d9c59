namespace Atoll.Client.Service;

/// <summary>One thing a host must be able to do.</summary>
/// <param name="Status"><c>ok</c>, <c>warn</c> or <c>missing</c>.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record DoctorCheck(string Name, string Status, string? Detail, string? Fix);
