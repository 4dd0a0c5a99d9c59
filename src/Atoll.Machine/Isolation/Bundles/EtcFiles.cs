using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>The files below <c>/etc</c> that are ours inside, read-only.</summary>
internal static class EtcFiles
{
    public static readonly ImmutableArray<string> Names = ["resolv.conf", "hosts", "hostname"];

    public static ImmutableArray<(string Name, string Content)> For(LaunchPlan plan) =>
    [
        ("resolv.conf", $"nameserver {plan.Nameserver}\n"),
        ("hosts", $"127.0.0.1\tlocalhost\n127.0.1.1\t{plan.Hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n"),
        ("hostname", $"{plan.Hostname}\n"),
    ];
}
