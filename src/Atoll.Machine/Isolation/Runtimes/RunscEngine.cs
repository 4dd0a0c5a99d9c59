using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Seccomp;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>gVisor's <c>runsc</c>: a kernel of its own in user space (the sentry) and a file server (the gofer) per sandbox.</summary>
internal sealed class RunscEngine(IOptions<IsolationOptions> options) : IOciEngine
{
    /// <summary>
    /// systrap: no KVM needed. No overlay: writes land in the root filesystem, so that a storage snapshot holds them. Its own network stack takes the addresses of the namespace's
    /// interface. No sockets of the host's file system.
    /// </summary>
    private static readonly ImmutableArray<string> Flags = ["--platform=systrap", "--overlay2=none", "--network=sandbox", "--host-uds=none", "--ignore-cgroups=false"];

    /// <summary>
    /// Only handed to versions that know them: connections are reset at a checkpoint instead of standing in its way; the seccomp profile counts inside as well
    /// (measured: 0.15 us a call); setuid programs gain root, as they do on any Linux (2024 releases do not know it, so sudo does nothing there);
    /// a restored sandbox may have another name, folder and limits than the one that was saved: what it gets is ours to say; what is mounted besides the root is looked at again before each use, because
    /// other sandboxes write to it (the default, in so many words).
    /// </summary>
    private static readonly ImmutableArray<string> FlagsWhereKnown = ["--net-disconnect-ok", "--oci-seccomp", "--allow-suid", "--restore-spec-validation=ignore",
        "--file-access=shared", "--file-access-mounts=shared"];

    /// <summary>
    /// Releases up to 2024 take a namespace in which this path exists for the host's own ("cannot run with network enabled in root network namespace");
    /// kernels since 6.14 or so show it in every one. Covered for the start alone.
    /// </summary>
    private const string MisleadingPath = "/proc/sys/net";

    /// <summary>
    /// The release whose control socket takes and gives what <see cref="RunscMemoryCommands"/> says (Debian 12 backports and Debian 13 have it). Others are asked by their program, which is slower.
    /// </summary>
    private const string KnownVersion = "20240729";

    private const string LastWords = "--panic-log";

    private string? _program;
    private bool _keepsLastWords;
    private string? _hidden;
    private ImmutableArray<string> _flags = Flags;

    public IsolationKind Kind => IsolationKind.GVisor;

    public string Name => RunDirectory.Runsc;

    /// <summary>Programs that lie on a file system mounted without exec, as Debian's <c>/run</c> is, die of a segmentation fault, and the mount option does not help (measured, 20240729).</summary>
    public HostView View(string guestFolder) => new(_hidden, guestFolder);

    public OciSeccomp? Seccomp => SeccompProfile.OwnKernel;

    public async Task<Result<string>> LearnAsync(CancellationToken cancellation)
    {
        _program = HostProgram.Find(options.Value.RunscPath);
        if (_program is null)
        {
            return EngineFaults.NotInstalled(
                options.Value.RunscPath,
                "Install the package 'runsc': apt install runsc on Debian 13; apt install -t bookworm-backports runsc on Debian 12; from gvisor.dev/docs/user_guide/install elsewhere.");
        }

        var version = await HostCommand.RunAsync([_program, "--version"], options.Value.ProbeTimeLimit, cancellation);
        if (!version.Succeeded) return EngineFaults.Broken(version.Summary);
        var flags = await HostCommand.RunAsync([_program, "flags"], options.Value.ProbeTimeLimit, cancellation);
        var known = Names(flags);
        _flags = [.. Flags, .. FlagsWhereKnown.Where(flag => known.Contains(flag.Split('=')[0])), .. options.Value.RunscFlags];
        _keepsLastWords = known.Contains(LastWords);
        var saving = Names(await HostCommand.RunAsync([_program, "help", "checkpoint"], options.Value.ProbeTimeLimit, cancellation));
        var line = version.Output.Split('\n')[0].Trim();
        var saves = saving.Contains("--leave-running") && saving.Contains("--compression");
        SentryKnown = saves && line.Contains(KnownVersion, StringComparison.Ordinal);
        Memory = saves ? new RunscMemoryCommands(Call, options.Value.ProbeTimeLimit, options.Value.MemoryTimeLimit, SentryKnown, saving.Contains("--direct")) : null;
        MemoryMissing = saves ? null : $"'{line}' cannot save a sandbox that goes on, uncompressed.";
        return line;
    }

    public IReadOnlyList<string> RunCommand(RunDirectory directory, SandboxId id) =>
        Call(directory, directory.Log, "run", "--detach", $"--bundle={directory.Bundle}", $"--pid-file={directory.PidFile}", id.Value);

    /// <summary>The command that creates a sandbox, starts nothing in it and then returns.</summary>
    public IReadOnlyList<string> CreateCommand(RunDirectory directory, SandboxId id) =>
        Call(directory, directory.Log, "create", $"--bundle={directory.Bundle}", $"--pid-file={directory.PidFile}", id.Value);

    /// <summary>What this version's sentries take by their control socket is known.</summary>
    public bool SentryKnown { get; private set; }

    public bool OwnKernel => true;

    public IMemoryCommands? Memory { get; private set; }

    public string? MemoryMissing { get; private set; } = "It has not been tried yet.";

    public bool Adapt(Fault failure)
    {
        if (_hidden is not null || !failure.Detail.Contains("root network namespace", StringComparison.Ordinal)) return false;
        _hidden = MisleadingPath;
        return true;
    }

    /// <summary>
    /// Measured (20240729): sentry and gofer begin with some 30 MB, and the sentry grows by 0.15 MB with each command until it holds some 140 MB, whatever its garbage collector is told.
    /// The rest is room for what a process takes (a gigabyte in a second) between the moment at which the sandbox has all that it may and the one at which its agent has ended that process.
    /// </summary>
    public int OverheadMiB => 256;

    /// <summary>
    /// Measured (20240729, systrap): some 25 tasks of its own, and two per process inside, of which those of ended processes stay for a while; a sentry that may not make a thread dies, and the sandbox with it
    /// ("unable to activate mm", "inactive address space": seen on a busy host with 4 per process and 256). What refuses a fork bomb is the limit
    /// of each user's processes inside, which the agent sets; the host's stands above what user and root have together, and ends the sandbox of a root that goes through more users than these.
    /// </summary>
    public long HostTasks(int processes) => (8L * processes) + 1024;

    private IReadOnlyList<string> Call(RunDirectory directory, string log, params ReadOnlySpan<string> command)
    {
        var program = _program ?? throw new InvalidOperationException("Not learnt yet.");
        var starts = command[0] is "run" or "create" or "restore";
        return [.. starts ? ShowingDisk(program) : [], program, $"--root={directory.State}", $"--log={log}", "--log-format=json",
            .. starts && _keepsLastWords ? (string[])[$"{LastWords}={directory.LastWords}"] : [], .. _flags, .. command];
    }

    /// <summary>What starts a gofer does so behind our launcher, which answers for it how large the sandbox's disk is. A program that is gone is to be missed as such.</summary>
    private string[] ShowingDisk(string program) =>
        File.Exists(program) && File.Exists(options.Value.LauncherPath) ? [options.Value.LauncherPath, "--disk", Wall.OutOfMemoryScore.ToString(CultureInfo.InvariantCulture)] : [];

    /// <summary>The flags in a help text, each with two dashes.</summary>
    private static HashSet<string> Names(HostCommandResult help) => (help.Output + help.Error).Split('\n').Select(line => "-" + line.Trim().Split(' ')[0]).ToHashSet();
}
