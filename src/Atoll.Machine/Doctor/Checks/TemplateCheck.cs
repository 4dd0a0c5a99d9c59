using Atoll.Machine.Hosting;
using Atoll.Machine.Images;
using Atoll.Machine.Images.Building;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>Which templates are ready, and whether missing ones could be built.</summary>
internal sealed class TemplateCheck(TemplateCatalog catalog, TemplateBuilder builder) : IDoctorCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public string Name => "templates";

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        // Only a server that is up has read its templates; the verb on its own looks at the tools.
        var ready = catalog.Ready.Select(template => template.Name).ToList();
        var missing = builder.Known.Except(ready).ToList();
        if (missing.Count == 0) return new DoctorFinding(Name, DoctorStatus.Ok, $"{string.Join(", ", ready)} are ready");

        var tool = await HostCommand.RunAsync(["mmdebstrap", "--version"], Limit, cancellation);
        return tool.Succeeded
            ? new DoctorFinding(Name, ready.Count > 0 ? DoctorStatus.Warn : DoctorStatus.Ok, $"{tool.Output.Trim()} can build them; not looked at: {string.Join(", ", missing)}", ready.Count > 0 ? "Build them: ./start." : null)
            : new DoctorFinding(Name, DoctorStatus.Missing, $"{tool.Summary}: the default template cannot be built", "Install it: apt install mmdebstrap.");
    }
}
