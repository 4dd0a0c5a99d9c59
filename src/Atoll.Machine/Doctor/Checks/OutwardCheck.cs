using System.Text.RegularExpressions;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Images;
using Atoll.Machine.Trust;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>
/// Looks up a name and opens a TLS connection from inside a sandbox that is made for it, by the programs that users have there. Only in a server that is up: a doctor beside it must not take its slots.
/// The sandbox is removed whatever happens; one that a dying server leaves is nobody's, and swept at the next start.
/// </summary>
internal sealed partial class OutwardCheck(IsolationKind isolation, Func<IMachine> machine, TemplateCatalog catalog, IOptions<TrustOptions> options) : IDoctorCheck
{
    private const string Template = "default";
    private const int MostOutput = 64 * 1024;

    // Of curl(1): the host answered nothing, or cut the connection; by then its certificate was trusted.
    private const int NothingAnswered = 52;
    private const int Cut = 56;
    private const int NoName = 6;
    private const int NoConnection = 7;
    private const int TooSlow = 28;
    private const int NotTrusted = 60;

    public string Name => "internet in " + isolation.ToString().ToLowerInvariant();

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var host = options.Value.TrialHost;
        if (host.Length == 0) return new(Name, DoctorStatus.Ok, "not tried (Trust:TrialHost is empty)");
        if (catalog.Ready.All(template => template.Name != Template)) return new(Name, DoctorStatus.Ok, $"not tried: it takes a server that runs, and its template '{Template}' (atoll doctor)");
        SandboxSpec spec = new()
        {
            Template = Template,
            Isolation = isolation,
            Limits = new(1, 256, 256, 128),
            User = "root",
            WorkingDirectory = "/",
            Lifecycle = new(60, LifecycleAction.Delete, 0, LifecycleAction.Delete),
        };
        var id = machine().Reserve(spec).Id;
        try
        {
            var started = await machine().StartAsync(id, spec, cancellation);
            if (started.Fault is { } fault) return new(Name, DoctorStatus.Missing, $"no sandbox could be started: {fault.Detail}", fault.Hint);
            return machine().FindGuest(id) is { } guest ? await TryAsync(guest, host, cancellation) : new(Name, DoctorStatus.Missing, "the sandbox ended at once");
        }
        finally
        {
            await machine().RemoveAsync(id, CancellationToken.None);
        }
    }

    private async Task<DoctorFinding> TryAsync(IGuest guest, string host, CancellationToken cancellation)
    {
        var (code, said) = await CurlAsync(guest, host, ["-sS"], cancellation);
        switch (code)
        {
            case NoName:
                return new(Name, DoctorStatus.Warn, $"the name of {host} is not known inside", "Look at the host's own name servers (resolv.conf), and Network:Nameservers.");
            case NoConnection or TooSlow:
                return new(Name, DoctorStatus.Warn, $"{host} is not reached from inside: {said}", "Look at the host's firewall, and whether it needs a proxy: sandboxes get one by env. Trust:TrialHost names another host to try.");
            case NotTrusted:
                var (_, shown) = await CurlAsync(guest, host, ["-ksS", "-v"], cancellation);
                return new(Name, DoctorStatus.Warn, $"the certificate of {host} is not trusted inside; it was issued by: {IssuerOf(shown)}",
                    $"Where that is a proxy of yours: put its certificate into {options.Value.Folder} as *.crt, see that Trust:HostCertificates is not off, and start the server again.");
            default:
                // What the host says over the connection does not matter.
                return code is 0 or NothingAnswered or Cut
                    ? new(Name, DoctorStatus.Ok, $"{host} is reached from inside, and its certificate trusted")
                    : new(Name, DoctorStatus.Warn, $"the trial of {host} from inside ended with {code}: {said}");
        }
    }

    private static async Task<(int Code, string Said)> CurlAsync(IGuest guest, string host, string[] options, CancellationToken cancellation)
    {
        ProcessSpec curl = new() { Argv = ["curl", .. options, "--connect-timeout", "5", "-m", "8", "-o", "/dev/null", "-I", $"https://{host}/"], User = "root", WorkingDirectory = "/", Unlisted = true };
        var ran = await guest.Processes.ExecAsync(curl, MostOutput, cancellation);
        return ran.TryGet(out var done, out var fault) ? (done.Status.Code, System.Text.Encoding.UTF8.GetString(done.Stderr.Span).Trim()) : (-1, fault.Detail);
    }

    private static string IssuerOf(string verbose) => Issuer().Match(verbose) is { Success: true } found ? found.Groups[1].Value.Trim() : "nobody that could be seen";

    [GeneratedRegex(@"^\*\s+issuer:(.{1,300})$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Issuer();
}
