using System.Text.Json;
using Atoll.Machine.Doctor;
using Atoll.Server.Api.Service;
using Atoll.Server.Composition;

namespace Atoll.Server.Verbs;

/// <summary><c>atoll-server doctor [--json]</c>: what this host can do, found out by trying. For when no server answers; the API has the same at <c>/v1/doctor</c>.</summary>
internal static class DoctorVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var host = MachineHost.Create();
        var findings = await host.GetRequiredService<IDoctor>().ExamineAsync(CancellationToken.None);
        if (args.Contains("--json"))
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(DoctorView.From(findings), ServiceJson.Wire.DoctorView));
        }
        else
        {
            foreach (var finding in findings)
            {
                Console.WriteLine($"{finding.Status.ToString().ToLowerInvariant(),-8} {finding.Name,-22} {finding.Detail}");
                if (finding.Fix is not null) Console.WriteLine($"{"",-31} -> {finding.Fix}");
            }
        }

        return findings.Any(finding => finding.Status == DoctorStatus.Missing) ? ExitCodes.Failure : ExitCodes.Success;
    }
}
