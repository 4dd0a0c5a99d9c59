using Atoll.Core.Code;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Doctor;
using Atoll.Machine.Doctor.Checks;
using Atoll.Machine.Doctor.Weaknesses;
using Atoll.Machine.Guests;
using Atoll.Machine.Hosting;
using Atoll.Machine.Images;
using Atoll.Machine.Images.Building;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Machine.Isolation.Vessels;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Node;
using Atoll.Machine.Objects.Choosing;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Choosing;
using Atoll.Machine.Storage.Memory;
using Atoll.Machine.Trust;
using Atoll.Machine.Warm;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>This host as Core's <see cref="IMachine"/>.</summary>
public static class MachineRegistration
{
    /// <summary>Adds <see cref="IMachine"/>, <see cref="IDoctor"/> and all they need. Options come from the sections named in each options class.</summary>
    public static IServiceCollection AddAtollMachine(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MachineOptions>().BindConfiguration(MachineOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MachineOptions>, MachineOptionsValidator>();
        services.AddOptions<IsolationOptions>().BindConfiguration(IsolationOptions.Section);
        services.AddSandboxIsolation().AddVessels().AddSandboxStorage().AddSandboxImages().AddSandboxNetworking();
        services.AddOptions<GuestOptions>().BindConfiguration(GuestOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GuestOptions>, GuestOptionsValidator>();
        services.AddOptions<TrustOptions>().BindConfiguration(TrustOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TrustOptions>, TrustOptionsValidator>();
        services.AddSingleton<HostAuthorities>();
        services.AddSingleton<GuestTrust>();
        services.AddSingleton<IdleSentries>();
        services.AddHostedService(provider => provider.GetRequiredService<IdleSentries>());
        services.AddSingleton<GuestConnector>();
        services.AddSingleton<GuestLinks>();
        services.AddSingleton<SandboxRuntimes>();
        services.AddSingleton<GuestFolders>();
        services.AddSingleton<SandboxRecords>();
        services.AddSingleton<LiveHandles>();
        services.AddSingleton<SandboxBooter>();
        services.AddSingleton<SandboxStarter>();
        services.AddSingleton(provider => new MemoryImages(bytes => provider.GetRequiredService<ISandboxStorage>().Checkpoints.MemoryFolder(bytes)));
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<SavedMemories>();
        services.AddSingleton<SandboxRestorer>();
        services.AddSingleton<ISavedDisks, SavedDisks>();
        services.AddSingleton<SandboxRester>();
        services.AddSingleton<SandboxWaker>();
        services.AddSingleton<ISandboxSleep, SandboxSleep>();
        services.AddSingleton<IDiskStreams, DiskStreams>();
        services.AddSingleton<IMemoryStreams, MemoryStreams>();
        services.AddSingleton<IVolumeDisks, VolumeDisks>();
        services.AddObjectStore();
        services.AddSingleton<ColdStarts>();
        services.AddSingleton<SandboxLauncher>();
        services.AddSingleton<WarmClaims>();
        services.AddWarmPool();
        services.AddSingleton<IWarmMaker, WarmMaker>();
        services.AddSingleton<Func<ICodeContexts>>(provider => provider.GetRequiredService<ICodeContexts>);
        services.AddSingleton<SandboxRemover>();
        services.AddSingleton<SandboxSweep>();
        services.AddSingleton<SandboxRecovery>();
        services.AddSingleton<MemoryWatcher>();
        services.AddSingleton<MemoryKeeper>();
        services.AddSingleton<SandboxExits>();
        services.AddSingleton<Leftovers>();
        services.AddHostedService(provider => provider.GetRequiredService<Leftovers>());
        services.AddSingleton<SandboxMeter>();
        services.AddSingleton<MachineOpening>();
        services.AddSingleton<InstanceLock>();
        services.AddSingleton<IMachine, LocalMachine>();
        services.AddSingleton(provider => new MachineErasure(
            provider.GetRequiredService<SandboxRuntimes>(), provider.GetRequiredService<ISandboxNetwork>(), provider.GetRequiredService<ISandboxStorage>(), provider.GetRequiredService<IOptions<MachineOptions>>(),
            provider.GetRequiredService<ILogger<MachineErasure>>()));
        services.AddSingleton(provider => new MachinePreparation(
            provider.GetRequiredService<ISandboxStorage>(), provider.GetRequiredService<TemplateBuilder>(), provider.GetRequiredService<IOptions<MachineOptions>>()));
        AddDoctor(services);
        return services;
    }

    private static void AddDoctor(IServiceCollection services)
    {
        services.AddSingleton<IDoctor, HostDoctor>();
        services.AddSingleton<IDoctorCheck, RootCheck>();
        services.AddSingleton<IDoctorCheck, KernelCheck>();
        services.AddSingleton<IDoctorCheck, CgroupCheck>();
        services.AddSingleton<IDoctorCheck>(provider => new IsolationCheck(provider.GetRequiredKeyedService<ISandboxRuntime>(IsolationKind.GVisor)));
        services.AddSingleton<IDoctorCheck>(provider => new IsolationCheck(provider.GetRequiredKeyedService<ISandboxRuntime>(IsolationKind.Container)));
        services.AddSingleton<IDoctorCheck, KernelWeaknessCheck>();
        services.AddSingleton<IDoctorCheck>(provider => new ProgramWeaknessCheck("runsc", provider.GetRequiredService<IOptions<IsolationOptions>>().Value.RunscPath, KnownWeaknesses.Runsc, KnownWeaknesses.RunscInside));
        services.AddSingleton<IDoctorCheck>(provider => new ProgramWeaknessCheck("runc", provider.GetRequiredService<IOptions<IsolationOptions>>().Value.RuncPath, KnownWeaknesses.Runc));
        services.AddSingleton<IDoctorCheck, StorageCheck>();
        services.AddSingleton<IDoctorCheck, ObjectStoreCheck>();
        services.AddSingleton<IDoctorCheck, NetworkDoctorCheck>();
        services.AddSingleton<IDoctorCheck, TemplateCheck>();
        services.AddSingleton<IDoctorCheck, AgentCheck>();
        services.AddSingleton<IDoctorCheck, MemoryCheck>();
        services.AddSingleton<IDoctorCheck, WarmPoolCheck>();
        foreach (var isolation in Enum.GetValues<IsolationKind>())
        {
            services.AddSingleton<IDoctorCheck>(provider => new OutwardCheck(
                isolation, provider.GetRequiredService<IMachine>, provider.GetRequiredService<TemplateCatalog>(), provider.GetRequiredService<IOptions<TrustOptions>>()));
        }
    }
}
