using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Doctor;

/// <summary>Runs every check at once, each within <see cref="Limit"/>.</summary>
internal sealed partial class HostDoctor(IEnumerable<IDoctorCheck> checks, TimeProvider time, ILogger<HostDoctor> log) : IDoctor
{
    /// <summary>A gVisor sandbox that is tried takes 0.2 s; a loaded machine may take fifty times that.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(CancellationToken cancellation) =>
        await Task.WhenAll(checks.Select(check => ExamineAsync(check, cancellation)));

    private async Task<DoctorFinding> ExamineAsync(IDoctorCheck check, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            limit.CancelAfter(Limit);
            return await check.CheckAsync(limit.Token).WaitAsync(Limit, time, cancellation);
        }
        catch (Exception failure) when (failure is TimeoutException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new DoctorFinding(check.Name, DoctorStatus.Missing, $"gave no answer within {Limit.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(check.Name, failure);
            return new DoctorFinding(check.Name, DoctorStatus.Missing, failure.Message);
        }
    }

    [LoggerMessage(2050, LogLevel.Debug, "Check {Check} failed")]
    private partial void LogFailed(string check, Exception failure);
}
