using Atoll.Machine.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Doctor.Checks;

internal sealed class AgentCheck(IOptions<MachineOptions> options) : IDoctorCheck
{
    public string Name => "agent";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var file = new FileInfo(options.Value.AgentPath);
        return Task.FromResult(file.Exists
            ? new DoctorFinding(Name, DoctorStatus.Ok, $"{file.FullName}, {file.Length / 1_000_000.0:0.0} MB")
            : new DoctorFinding(Name, DoctorStatus.Missing, $"{file.FullName} is not there: no sandbox can start", "Build it: ./start does."));
    }
}
