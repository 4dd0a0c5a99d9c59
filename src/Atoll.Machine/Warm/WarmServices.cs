using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Warm;

internal static class WarmServices
{
    /// <summary>Adds the pool and its refiller; whoever adds it brings an <see cref="IWarmMaker"/>.</summary>
    public static IServiceCollection AddWarmPool(this IServiceCollection services)
    {
        services.AddOptions<WarmOptions>().BindConfiguration(WarmOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WarmOptions>, WarmOptionsValidator>();
        services.AddSingleton<WarmShelves>();
        services.AddSingleton<RefillSignal>();
        services.AddSingleton<WarmPool>();
        services.AddSingleton<WarmRefiller>();
        return services;
    }
}
