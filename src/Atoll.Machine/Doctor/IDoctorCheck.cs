namespace Atoll.Machine.Doctor;

/// <summary>Tries one thing. May throw: the doctor then reports it as missing with the exception's message.</summary>
internal interface IDoctorCheck
{
    string Name { get; }

    Task<DoctorFinding> CheckAsync(CancellationToken cancellation);
}
