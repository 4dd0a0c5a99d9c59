using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Atoll.Core.Hosting;

/// <summary>
/// The silo that Core's grains live in: one machine, nothing to configure, no port. Call from <c>builder.UseOrleans(silo => silo.UseAtollCluster())</c>.
/// </summary>
public static class CoreSilo
{
    /// <summary>A create waits for a sandbox to start; the machine bounds that itself, and this only bounds what it forgets.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(15);

    public static ISiloBuilder UseAtollCluster(this ISiloBuilder silo)
    {
        // The port is a part of the silo's name only, as nobody listens on it: several servers fit on one host.
        silo.UseLocalhostClustering(siloPort: 1, gatewayPort: 0, serviceId: "atoll", clusterId: "atoll");
        silo.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = LongestCall);
        silo.AddActivityPropagation();
        ListenToNobody(silo.Services);
        return silo;
    }

    // The silo registers its listeners under keys that are its own, so they are replaced where they stand.
    private static void ListenToNobody(IServiceCollection services)
    {
        var replaced = 0;
        for (var i = 0; i < services.Count; i++)
        {
            if (!services[i].IsKeyedService || services[i].ServiceType != typeof(IConnectionListenerFactory)) continue;
            services[i] = ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory, SilentListenerFactory>(services[i].ServiceKey);
            replaced++;
        }

        if (replaced == 0) throw new InvalidOperationException("This version of the silo registers its listeners in another way: it would open a port.");
    }
}
