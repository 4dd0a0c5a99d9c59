using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Launching;
using Atoll.Machine.Isolation.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

internal static class IsolationServices
{
    /// <summary>One keyed <see cref="ISandboxRuntime"/> per <see cref="IsolationKind"/>, and the <see cref="IExitWatcher"/>. Needs <c>MachineOptions</c> and logging.</summary>
    public static IServiceCollection AddSandboxIsolation(this IServiceCollection services)
    {
        services.AddOptions<IsolationOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IsolationOptions>, IsolationOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SandboxCgroups>();
        services.TryAddSingleton(_ => new CgroupMoves(CgroupMounts.Read()));
        services.TryAddSingleton<RuntimeSpawner>();
        services.TryAddSingleton<ToldKills>();
        services.TryAddSingleton<IExitWatcher, ExitWatcher>();
        services.TryAddSingleton<LaunchRecords>();
        services.TryAddSingleton<LauncherProgram>();
        services.TryAddSingleton<LauncherRuntime>();
        services.TryAddSingleton<RuncEngine>();
        services.TryAddSingleton<RunscEngine>();
        services.TryAddKeyedSingleton<ISandboxRuntime>(IsolationKind.Container, (all, _) => ActivatorUtilities.CreateInstance<ContainerRuntime>(
            all, all.GetRequiredService<LauncherRuntime>(), ActivatorUtilities.CreateInstance<OciRuntime>(all, all.GetRequiredService<RuncEngine>())));
        services.TryAddKeyedSingleton<ISandboxRuntime>(IsolationKind.GVisor, (all, _) => ActivatorUtilities.CreateInstance<OciRuntime>(all, all.GetRequiredService<RunscEngine>()));
        return services;
    }
}
