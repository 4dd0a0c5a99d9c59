using System.Collections.Immutable;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation;

/// <summary>All that a runtime needs to start a sandbox; the same for every kind.</summary>
/// <param name="RootFilesystem">An own, writable root filesystem on the host. Nothing in it is trusted.</param>
/// <param name="NetworkNamespace">Path of the network namespace to join.</param>
/// <param name="InitArgv">Program and arguments of process 1, as paths inside.</param>
/// <param name="InitEnv">Its environment, <c>NAME=value</c>.</param>
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
}
