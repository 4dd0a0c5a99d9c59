using Atoll.Core.Objects;
using Atoll.Machine.Hosting;
using Atoll.Machine.Objects.Local;
using Atoll.Machine.Objects.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Objects.Choosing;

/// <summary>Registers <see cref="IObjectStore"/>: the one that <c>ObjectStore:Kind</c> names. Expects <see cref="MachineOptions"/> bound by the host.</summary>
public static class ObjectStoreRegistration
{
    public static IServiceCollection AddObjectStore(this IServiceCollection services)
    {
        services.AddOptions<ObjectStoreOptions>().BindConfiguration(ObjectStoreOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ObjectStoreOptions>, ObjectStoreOptionsValidator>());
        services.AddOptions<ObjectStoreOptions>().PostConfigure<IOptions<MachineOptions>>((store, machine) => store.Folder ??= Path.Combine(machine.Value.StateDirectory, "objects"));
        services.TryAddSingleton<IObjectStore>(provider => Create(provider.GetRequiredService<IOptions<ObjectStoreOptions>>().Value));
        return services;
    }

    private static IObjectStore Create(ObjectStoreOptions options) =>
        options.Kind == ObjectStoreOptions.S3 ? new S3ObjectStore(options) : new FolderObjectStore(options.Folder!, options.ReserveBytes);
}
