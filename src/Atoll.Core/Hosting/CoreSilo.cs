using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Atoll.Core.Hosting;

/// <summary>The silo that Core's grains live in: one machine, nothing to configure. Call from <c>builder.UseOrleans(silo => silo.UseAtollCluster())</c>.</summary>
public static class CoreSilo
{
    /// <summary>A create waits for a sandbox to start; the machine bounds that itself, and this only bounds what it forgets.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(15);

    public static ISiloBuilder UseAtollCluster(this ISiloBuilder silo)
    {
        // Nobody else joins: any free port of loopback will do, so that several servers fit on one host. No gateway: every client is in this process.
        silo.UseLocalhostClustering(FreePort(), gatewayPort: 0, serviceId: "atoll", clusterId: "atoll");
        silo.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = LongestCall);
        return silo;
    }

    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
