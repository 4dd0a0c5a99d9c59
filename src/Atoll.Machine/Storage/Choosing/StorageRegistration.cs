using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Storage.Choosing;

/// <summary>Registers <see cref="ISandboxStorage"/>. Expects <c>MachineOptions</c>, logging and the section <see cref="StorageOptions.Section"/> bound by the host.</summary>
public static class StorageRegistration
{
    public static IServiceCollection AddSandboxStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISandboxStorage, ChosenStorage>();
        return services;
    }
}
