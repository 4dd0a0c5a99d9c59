using System.Globalization;
using Atoll.Machine.Warm;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>What is started ahead of requests, and what it takes. A server that has just started, or a doctor beside it, holds nothing yet.</summary>
internal sealed class WarmPoolCheck(WarmPool pool, IOptions<WarmOptions> options) : IDoctorCheck
{
    public string Name => "warm pool";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        if (!options.Value.Enabled) return Task.FromResult(new DoctorFinding(Name, DoctorStatus.Ok, "off (WarmPool:Enabled)"));
        var status = pool.Status;
        var kinds = string.Join("; ", status.Select(kind => string.Create(
            CultureInfo.InvariantCulture, $"{kind.Template} in {kind.Isolation.ToString().ToLowerInvariant()}: {kind.Ready} of {kind.Target}, {kind.MemoryBytes >> 20} MiB")));
        return Task.FromResult(new DoctorFinding(Name, DoctorStatus.Ok, status.Count == 0 ? "on; nothing kept in this process" : kinds));
    }
}
