namespace Atoll.Machine.Doctor;

/// <summary>Finds out what this host can do by trying each thing, with a time limit, and says what to do about what it cannot. Changes nothing that stays. Thread-safe.</summary>
public interface IDoctor
{
    /// <summary>One finding per check, in a fixed order. Never throws for what it finds.</summary>
    Task<IReadOnlyList<DoctorFinding>> ExamineAsync(CancellationToken cancellation);
}
