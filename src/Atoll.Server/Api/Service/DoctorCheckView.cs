namespace Atoll.Server.Api.Service;

/// <param name="Status"><c>ok</c>, <c>warn</c> or <c>missing</c>.</param>
/// <param name="Fix">What to do about it; null where nothing is to be done.</param>
internal sealed record DoctorCheckView(string Name, string Status, string Detail, string? Fix);
