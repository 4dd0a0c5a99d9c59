using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Seccomp;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary><c>runc</c>, or any runtime with its command line, on the host's kernel.</summary>
internal sealed class RuncEngine(IOptions<IsolationOptions> options) : IOciEngine
{
    private string? _program;

    public IsolationKind Kind => IsolationKind.Container;

    public string Name => "runc";

    public HostView View(string guestFolder) => HostView.AsIs;

    public OciSeccomp? Seccomp => SeccompProfile.HostKernel;

    public async Task<Result<string>> LearnAsync(CancellationToken cancellation)
    {
        _program = HostProgram.Find(options.Value.RuncPath);
        if (_program is null) return EngineFaults.NotInstalled(options.Value.RuncPath, "Install the Debian or Ubuntu package 'runc' (apt install runc).");
        var version = await HostCommand.RunAsync([_program, "--version"], options.Value.ProbeTimeLimit, cancellation);
        return version.Succeeded ? version.Output.Split('\n')[0].Trim() : EngineFaults.Broken(version.Summary);
    }

    public IReadOnlyList<string> RunCommand(RunDirectory directory, SandboxId id) =>
    [
        _program ?? throw new InvalidOperationException("Not learnt yet."),
        "--root", directory.State, "--log", directory.Log, "--log-format", "json",
        "run", "--detach", "--bundle", directory.Bundle, "--pid-file", directory.PidFile, id.Value,
    ];

    public bool OwnKernel => false;

    public IMemoryCommands? Memory => null;

    public string? MemoryMissing => "'runc' is not asked to save memory.";

    public bool Adapt(Fault failure) => false;

    public int OverheadMiB => 0;

    /// <summary>A process or thread inside is one outside.</summary>
    public long HostTasks(int processes) => processes;
}
