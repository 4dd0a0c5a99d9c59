using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Bundles;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// What differs between OCI runtimes; <see cref="OciRuntime"/> does what they share. <see cref="LearnAsync"/> before anything else. Any thread.
/// </summary>
internal interface IOciEngine
{
    IsolationKind Kind { get; }

    /// <summary>The name of its folder below the run-time directory, and for people.</summary>
    string Name { get; }

    /// <summary>How this runtime must see the host while it starts a sandbox with this guest folder.</summary>
    HostView View(string guestFolder);

    /// <summary>The system calls that its sandboxes may make; null where none are known for this architecture.</summary>
    OciSeccomp? Seccomp { get; }

    /// <summary>Finds the program and reads its version and flags. Returns the version line; a fault says what to install.</summary>
    Task<Result<string>> LearnAsync(CancellationToken cancellation);

    /// <summary>The command that creates and starts a sandbox and then returns.</summary>
    IReadOnlyList<string> RunCommand(RunDirectory directory, SandboxId id);

    /// <summary>Its sandboxes have a kernel of their own: what root may do there, it does to that one.</summary>
    bool OwnKernel { get; }

    /// <summary>How it saves memory and starts from there; null where it does not.</summary>
    IMemoryCommands? Memory { get; }

    /// <summary>Why <see cref="Memory"/> is null.</summary>
    string? MemoryMissing { get; }

    /// <summary>Whether this failure is a known quirk that the engine can go round from now on; the start is then tried again.</summary>
    bool Adapt(Fault failure);

    /// <summary>MiB that its own processes beside the sandbox's may use: the sandbox's memory is the sandbox's.</summary>
    int OverheadMiB { get; }

    /// <summary>How many tasks of the host a sandbox needs, that it may have so many processes and threads inside.</summary>
    long HostTasks(int processes);
}
