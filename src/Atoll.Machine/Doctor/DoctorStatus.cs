namespace Atoll.Machine.Doctor;

public enum DoctorStatus
{
    Ok,

    /// <summary>It works, but less well than it could.</summary>
    Warn,

    /// <summary>Something cannot be used.</summary>
    Missing,
}
