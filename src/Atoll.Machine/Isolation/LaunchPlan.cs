using System.Collections.Immutable;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation;

/// <summary>
/// All that a runtime needs to start a sandbox; the same for every kind. Paths are of this server's own making, absolute and on the host, unless said otherwise;
/// what lies behind <paramref name="RootFilesystem"/> is not trusted and is never followed.
/// </summary>
/// <param name="Id">Names everything the start makes: run-time folder, cgroups, the runtime's own state. Never used before on this host.</param>
/// <param name="RootFilesystem">The sandbox's own, writable root filesystem. Its mount points (<c>/proc</c>, <c>/dev</c>, <c>/sys</c>, <c>/etc</c> and three files in it, <c>/.atoll</c>) are made, or mended, by the start.</param>
/// <param name="NetworkNamespace">Path of the network namespace to join, addresses and rules in place; <c>runsc</c> takes addresses and routes off its interface. Empty: a new one with nothing in it.</param>
/// <param name="Hostname">Name inside, also in our <c>/etc/hostname</c> and <c>/etc/hosts</c>.</param>
/// <param name="Limits">In force before process 1 runs; disk is the storage's.</param>
/// <param name="InitArgv">Program and arguments of process 1, as paths inside. It runs as root, in <c>/</c>, with <c>/dev/null</c> as its three standard streams and no other descriptor. It should set PR_SET_DUMPABLE to 0, or root inside can trace it.</param>
/// <param name="InitEnv">Its environment, <c>NAME=value</c>, and nothing besides. Readable by every process inside: no secrets.</param>
/// <param name="GuestDirectory">A host directory that appears read-only as <see cref="GuestMountPoint"/>: the agent's binary and what it reads at start.</param>
/// <param name="Nameserver">Written into a file of ours that is mounted read-only on <c>/etc/resolv.conf</c>.</param>
internal sealed record LaunchPlan(
    SandboxId Id,
    string RootFilesystem,
    string NetworkNamespace,
    string Hostname,
    SandboxLimits Limits,
    ImmutableArray<string> InitArgv,
    ImmutableArray<string> InitEnv,
    string GuestDirectory,
    string Nameserver)
{
    public const string GuestMountPoint = "/.atoll";

    /// <summary>Folders of the host that appear in it, in no particular order. Their places are made in the root filesystem by the start.</summary>
    public ImmutableArray<MountedFolder> Volumes { get; init; } = [];

    /// <summary>
    /// The TCP port on which process 1 is called; 0, the default: none. Our own launcher listens on it before process 1 runs, which then has that socket as its standard input;
    /// under an OCI runtime process 1 has to listen itself.
    /// </summary>
    public int Port { get; init; }

    /// <summary>A folder that <see cref="ISandboxRuntime.SaveMemoryAsync"/> wrote: the sandbox goes on from there. Null: process 1 is started anew.</summary>
    public string? Memory { get; init; }

    /// <summary>
    /// Where the kernel inside is the sandbox's own: process 1 begins with the right to administer it, and is told how many cores to show (<see cref="CoresVariable"/>). It keeps that right for
    /// nothing but giving its host another name, as it may be restored under another id, and hands it to nobody. Default false.
    /// </summary>
    public bool PreparesKernel { get; init; }

    /// <summary>The variable in process 1's environment that says how many cores its limits come to, in whole ones. Set by the start.</summary>
    public const string CoresVariable = "ATOLL_CORES";
}
