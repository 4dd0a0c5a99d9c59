using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Node;

namespace Atoll.Machine.Tests.Networking;

/// <summary>What of an instance is on this host.</summary>
internal static class HostState
{
    public static IEnumerable<string> Links(string instance)
    {
        using var route = new RouteSocket();
        return route.Links().Select(link => link.Name).Where(name => name.StartsWith(instance, StringComparison.Ordinal));
    }

    public static void AssertNothingOf(string instance)
    {
        using var netfilter = new NetfilterSocket();
        Assert.Empty(Links(instance));
        Assert.DoesNotContain(instance, netfilter.ListTables());
        Assert.DoesNotContain(File.ReadAllLines("/proc/self/mountinfo"), line => line.Contains(instance));
        Assert.False(File.Exists(Path.Combine(Forwarding.DefaultFolder, instance)));
    }
}
