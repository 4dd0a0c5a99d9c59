using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Networking.Node;

/// <summary>Registers networks of sandboxes.</summary>
public static class NetworkServices
{
    public static IServiceCollection AddSandboxNetworking(this IServiceCollection services)
    {
        services.AddOptions<NetworkOptions>().BindConfiguration(NetworkOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NetworkOptions>, NetworkOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISandboxNetwork, SandboxNetwork>();
        services.TryAddSingleton<Probing.NetworkProber>();
        return services;
    }
}
