using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Images.Recipes;

/// <summary>
/// <c>default</c>: Debian with what agents reach for. Built by mmdebstrap in root mode, without recommended packages.
/// <para>pip may install for the whole system (its "externally managed" mark is removed): a sandbox is one agent's own, and the mark would fail the first command that most of them try.</para>
/// </summary>
internal sealed class DefaultRecipe(IOptions<ImageOptions> options) : ITemplateRecipe
{
    private const long NeededBytes = 3L << 30;
    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    private static readonly string[] Packages =
    [
        "ca-certificates", "sudo", "procps", "less", "file", "tzdata",
        "python3", "python3-pip", "python3-venv", "python3-dev",
        "nodejs", "npm",
        "git", "curl", "wget", "openssh-client", "rsync",
        "build-essential", "pkg-config",
        "jq", "ripgrep", "unzip", "zip", "xz-utils", "zstd", "vim-tiny", "sqlite3",
    ];

    /// <summary>
    /// How dpkg installs, packages that are installed later too. It leaves out manual pages, but not their folders, into which maintainer scripts put links (openjdk's fail where they cannot), and
    /// documents but for copyrights. It does not sync each file, as in images of containers: what a sandbox's disk holds is durable when it is saved, and many small syncs are a burden for all on the host.
    /// </summary>
    private static readonly string[] Installing =
    [
        "path-exclude=/usr/share/man/*.gz", "path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright", "force-unsafe-io",
    ];

    private static readonly string[] Hooks =
    [
        $"chroot \"$1\" useradd --create-home --uid 1000 --shell /bin/bash {GuestUser.Name}",
        $"echo '{GuestUser.Name} ALL=(ALL) NOPASSWD:ALL' > \"$1/etc/sudoers.d/{GuestUser.Name}\" && chmod 0440 \"$1/etc/sudoers.d/{GuestUser.Name}\"",
        // Where the kernel inside knows no set-user-ID programs, the agent's helper stands in; elsewhere it becomes the real one. A diversion, so that no new version of the package undoes it.
        "chroot \"$1\" dpkg-divert --local --rename --divert /usr/bin/sudo.distrib --add /usr/bin/sudo && ln -s /.atoll/sudo \"$1/usr/bin/sudo\"",
        "rm -f \"$1\"/usr/lib/python3.*/EXTERNALLY-MANAGED",
        "chroot \"$1\" sh -c 'command -v python >/dev/null || ln -s python3 /usr/bin/python'",
        // Nobody is there to answer a package's questions, and a terminal that waits for it would wait for ever.
        "echo 'debconf debconf/frontend select Noninteractive' | chroot \"$1\" debconf-set-selections",
        "printf 'LANG=C.UTF-8\\n' > \"$1/etc/default/locale\"",
        // What belongs to one machine, not to a template.
        ": > \"$1/etc/machine-id\"; rm -f \"$1/etc/hostname\" \"$1/etc/resolv.conf\" \"$1\"/etc/ssh/ssh_host_*; : > \"$1/etc/resolv.conf\"; echo sandbox > \"$1/etc/hostname\"",
    ];

    private readonly Lazy<DebianSources> _sources = new(() => DebianSources.OfHost(options.Value.Mirror));

    public string Name => "default";

    public string Digest => RecipeDigest.Of([.. Packages, .. Installing, .. Hooks, _sources.Value.Suite]);

    public string User => GuestUser.Name;

    public string WorkingDirectory => GuestUser.Home;

    public bool Cacheable => true;

    public async Task<Result<Done>> BuildAsync(string root, IProgress<string> progress, CancellationToken cancellation)
    {
        if (HostRoom.FreeBytes(root) is var free && free < NeededBytes)
            return new Fault(FaultCode.NoSpace, FaultSide.Host, FaultStage.Template, $"Building the default template needs {NeededBytes >> 20} MiB; {free >> 20} MiB are free.", "Free some space, or give the pool a device (Storage:Device).");

        progress.Report($"Debian {_sources.Value.Suite} from {_sources.Value.Mirror}: {Packages.Length} packages and what they need");
        var built = await HostCommand.RunAsync([.. Command(root)], Limit, cancellation, onErrorLine: line => Report(progress, line));
        return built.Succeeded
            ? Done.Value
            : new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Template, $"The default template could not be built: {Reason(built)}",
                built.ExitCode == HostCommandResult.NotStarted ? "Install it: apt install mmdebstrap." : "Look whether the package mirror can be reached (Images:Mirror names another).");
    }

    private IEnumerable<string> Command(string root) =>
    [
        "mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory",
        "--aptopt=APT::Install-Recommends \"false\"", "--aptopt=Acquire::Languages \"none\"", "--aptopt=Acquire::Retries \"3\"",
        .. Installing.Select(rule => $"--dpkgopt={rule}"),
        .. File.Exists(Keyring) ? new[] { $"--keyring={Keyring}" } : [],
        $"--include={string.Join(',', Packages)}",
        .. Hooks.Select(hook => $"--customize-hook={hook}"),
        _sources.Value.Suite, root, .. _sources.Value.Lines,
    ];

    /// <summary>mmdebstrap's steps are its lines that begin with "I: "; apt's and dpkg's own chatter is left out, and so is the text of our hooks.</summary>
    private static void Report(IProgress<string> progress, string line)
    {
        if (line.StartsWith("I: ", StringComparison.Ordinal) && !line.Contains("-hook in shell", StringComparison.Ordinal)) progress.Report(line[3..]);
    }

    /// <summary>The lines that say which package or address failed, else the last one.</summary>
    private static string Reason(HostCommandResult built)
    {
        var errors = built.Error.Split('\n').Where(line => line.StartsWith("E: ", StringComparison.Ordinal) || line.Contains("Err:", StringComparison.Ordinal)).Take(3).ToList();
        return errors.Count > 0 ? string.Join(" ", errors) : built.Summary;
    }
}
