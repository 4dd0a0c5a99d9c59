using System.Collections.Immutable;
using Atoll.Agent.Protocol.Wire;
using Atoll.Machine.Isolation;
using Google.Protobuf;

namespace Atoll.Machine.Sandboxes;

/// <summary>What process 1 of a sandbox is told at its start.</summary>
internal static class GuestBoot
{
    /// <summary>Below the ephemeral range and used by nothing well known. Every sandbox has an address of its own, so one port serves all.</summary>
    public const int Port = 19_717;

    public static ImmutableArray<string> InitArgv { get; } = [LaunchPlan.GuestMountPoint + "/" + GuestFolders.AgentName];

    /// <summary>The agent needs nothing from its environment; PATH is there for tools that look at process 1's.</summary>
    public static ImmutableArray<string> InitEnv { get; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <param name="token">Its agent's.</param>
    /// <param name="processes">How many may be inside.</param>
    public static byte[] For(ReadOnlySpan<byte> token, int processes) => new Boot
    {
        Token = ByteString.CopyFrom(token),
        Port = Port,
        Processes = (uint)processes,
    }.ToByteArray();
}
