using Atoll.Core.Checkpoints;
using Atoll.Core.Checkpoints.Moving;
using Atoll.Core.Checkpoints.Service;
using Atoll.Core.Code;
using Atoll.Core.Code.Running;
using Atoll.Core.Events;
using Atoll.Core.Journal;
using Atoll.Core.Journal.Keeping;
using Atoll.Core.Lifetime;
using Atoll.Core.Metrics;
using Atoll.Core.Ports;
using Atoll.Core.Ports.Service;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Sandboxes.Owning;
using Atoll.Core.Sandboxes.Recovery;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Sandboxes.Service;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Sandboxes.Usage;
using Atoll.Core.Store;
using Atoll.Core.Store.Engines;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Teams.Registry;
using Atoll.Core.Volumes;
using Atoll.Core.Volumes.Living;
using Atoll.Core.Volumes.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Hosting;

/// <summary>Core's services. The host brings <see cref="Machines.IMachine"/> and its companions there, <see cref="Objects.IObjectStore"/>, a silo (<see cref="CoreSilo"/>), and binds <see cref="StoreOptions"/>, <see cref="SandboxOptions"/>, <see cref="TeamOptions"/> and <see cref="AuditOptions"/> to its configuration.</summary>
public static class CoreServices
{
    public static IServiceCollection AddAtollCore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CoreReadiness>();
        services.AddSingleton<SteadyClock>();
        services.AddSingleton<ServerEnd>();
        services.TryAddSingleton<AtollMetrics>();
        services.AddSingleton<ICoreLoop, CoreFigures>();
        services.AddHostedService<StoreWarmUp>();
        services.AddHostedService<CoreHost>();
        return services.AddStore().AddEvents().AddTeams().AddAudit().AddSandboxes().AddCheckpoints().AddTransfers().AddVolumes().AddPorts().AddCode();
    }

    private static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddOptions<StoreOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>());
        services.AddSingleton(provider => StoreEngines.For(provider.GetRequiredService<IOptions<StoreOptions>>().Value));
        services.AddSingleton<Database>();
        services.AddSingleton<DoubtfulCreates>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<DoubtfulCreates>());
        services.AddSingleton<SandboxStore>();
        services.AddSingleton<SandboxPages>();
        services.AddSingleton<ICoreLoop, HoldKeeper>();
        services.AddSingleton<ICoreLoop, Janitor>();
        return services;
    }

    private static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventFeed>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<IEvents>(provider => provider.GetRequiredService<EventLog>());
        return services;
    }

    private static IServiceCollection AddTeams(this IServiceCollection services)
    {
        services.AddOptions<TeamOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TeamOptions>, TeamOptionsValidator>());
        services.AddSingleton<KeyUse>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<KeyUse>());
        services.AddSingleton<KeyIndex>();
        services.AddSingleton<KeyGrants>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IKeys, KeyRegistry>();
        services.AddSingleton<IUsers, UserRegistry>();
        services.AddSingleton<ITeams, TeamRegistry>();
        return services;
    }

    private static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>());
        services.AddSingleton<AuditPages>();
        services.AddSingleton<AuditJournal>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<IAuditLog>(provider => provider.GetRequiredService<AuditLog>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        return services;
    }

    private static IServiceCollection AddSandboxes(this IServiceCollection services)
    {
        services.AddOptions<SandboxOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxOptionsValidator>());
        services.AddOptions<UsageOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UsageOptions>, UsageOptionsValidator>());
        services.AddSingleton<SandboxDirectory>();
        services.AddSingleton<MountRules>();
        services.AddSingleton<RequestResolver>();
        services.AddSingleton<CapacityLedger>();
        services.AddSingleton<TeamLedger>();
        services.AddSingleton<MountLedger>();
        services.AddSingleton<Admissions>();
        services.AddSingleton<CreatorClock>();
        services.AddSingleton<SandboxCreator>();
        services.AddSingleton<CountedCreator>();
        services.AddSingleton<SandboxCommits>();
        services.AddSingleton<SandboxStarter>();
        services.AddSingleton<SandboxChanger>();
        services.AddSingleton<PortChanger>();
        services.AddSingleton<SandboxEnder>();
        services.AddSingleton<LifecycleJudge>();
        services.AddSingleton<LifecycleScheduler>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<LifecycleScheduler>());
        services.AddSingleton<UsageStore>();
        services.AddSingleton<UsagePages>();
        services.AddSingleton<UsageMetrics>();
        services.AddSingleton<UsageBook>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<UsageBook>());
        services.AddSingleton<FinalMeasure>();
        services.AddSingleton<UsageCleaner>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<UsageCleaner>());
        services.AddSingleton<IUsage, UsageReports>();
        services.AddSingleton<UsageSampler>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<UsageSampler>());
        services.AddSingleton<RestSteps>();
        services.AddSingleton<SandboxPauser>();
        services.AddSingleton<SandboxStopper>();
        services.AddSingleton<FaultStops>();
        services.AddSingleton<SandboxFaulter>();
        services.AddSingleton<SandboxSuspender>();
        services.AddSingleton<SandboxWaker>();
        services.AddSingleton<ArchiveFetcher>();
        services.AddSingleton<ArchiveForgetter>();
        services.AddSingleton<SandboxArchiver>();
        services.AddSingleton<ArchiveSettling>();
        services.AddSingleton<SandboxRemains>();
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<ArchiveForgetter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<ArchiveSettling>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<SandboxStopper>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<SandboxFaulter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<SandboxSuspender>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<SandboxWaker>());
        services.AddSingleton<PolicyFailures>();
        services.AddSingleton<SandboxSleeper>();
        services.AddSingleton<SandboxSteps>();
        services.AddSingleton<OperationRecovery>();
        services.AddSingleton<SandboxRecovery>();
        services.AddSingleton<ICoreLoop, ExitWatch>();
        services.AddSingleton<ICoreLoop, KillWatch>();
        services.AddSingleton<SandboxReader>();
        services.AddSingleton<WakeAlarm>();
        services.AddSingleton<ISandboxes, SandboxService>();
        services.AddSingleton<ILeases, LeaseService>();
        return services;
    }

    private static IServiceCollection AddCheckpoints(this IServiceCollection services)
    {
        services.AddOptions<CheckpointOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CheckpointOptions>, CheckpointOptionsValidator>());
        services.AddSingleton<JournalStore>();
        services.AddSingleton<JournalKeeper>();
        services.AddSingleton<ICoreLoop>(provider => provider.GetRequiredService<JournalKeeper>());
        services.AddSingleton<CheckpointStore>();
        services.AddSingleton<CheckpointMaker>();
        services.AddSingleton<SandboxRestorer>();
        services.AddSingleton<CheckpointFinder>();
        services.AddSingleton<CheckpointForgetter>();
        services.AddSingleton<CheckpointDeleter>();
        services.AddSingleton<ForkMaker>();
        services.AddSingleton<ICheckpoints, CheckpointService>();
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<CheckpointMaker>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<CheckpointDeleter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<CheckpointForgetter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<SandboxRestorer>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<ForkMaker>());
        return services;
    }

    private static IServiceCollection AddPorts(this IServiceCollection services)
    {
        services.AddSingleton<OpenVisits>();
        services.AddSingleton<IPorts, PortService>();
        services.AddSingleton<ICoreLoop, PortExpiry>();
        return services;
    }

    private static IServiceCollection AddTransfers(this IServiceCollection services)
    {
        services.AddOptions<ExportOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExportOptions>, ExportOptionsValidator>());
        services.AddSingleton<PartSender>();
        services.AddSingleton<DiskSender>();
        services.AddSingleton<StoredParts>();
        services.AddSingleton<TransferTurns>();
        services.AddSingleton<ExportTurns>();
        services.AddSingleton<TeamExporter>();
        services.AddSingleton<PlaceClaims>();
        services.AddSingleton<NamedPlaces>();
        services.AddSingleton<PlaceRemover>();
        services.AddSingleton<ExportStore>();
        services.AddSingleton<ExportDeleter>();
        services.AddSingleton<IExports, ExportService>();
        services.AddSingleton<DiskAncestors>();
        services.AddSingleton<ArchiveReading>();
        services.AddSingleton<IDiskArchives, DiskArchives>();
        services.AddSingleton<LayerSender>();
        services.AddSingleton<MemorySender>();
        services.AddSingleton<ImportReceiver>();
        services.AddSingleton<LayerChains>();
        services.AddSingleton<ImportedSpec>();
        services.AddSingleton<ImportAdmission>();
        services.AddSingleton<CheckpointExporter>();
        services.AddSingleton<CheckpointImporter>();
        services.AddSingleton<ICheckpointTransfers, CheckpointTransfers>();
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<CheckpointExporter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<CheckpointImporter>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<ExportDeleter>());
        return services;
    }

    private static IServiceCollection AddVolumes(this IServiceCollection services)
    {
        services.AddOptions<VolumeOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VolumeOptions>, VolumeOptionsValidator>());
        services.AddSingleton<VolumeDirectory>();
        services.AddSingleton<VolumeStore>();
        services.AddSingleton<VolumeRules>();
        services.AddSingleton<VolumeLooks>();
        services.AddSingleton<VolumeMaker>();
        services.AddSingleton<VolumeChanger>();
        services.AddSingleton<VolumeDeleter>();
        services.AddSingleton<IVolumes, VolumeService>();
        services.AddSingleton<VolumeRecovery>();
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<VolumeMaker>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<VolumeChanger>());
        services.AddSingleton<IJournalledOperation>(provider => provider.GetRequiredService<VolumeDeleter>());
        return services;
    }

    private static IServiceCollection AddCode(this IServiceCollection services)
    {
        services.AddOptions<CodeOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CodeOptions>, CodeOptionsValidator>());
        services.AddSingleton<CodeContexts>();
        services.AddSingleton<ICodeContexts>(provider => provider.GetRequiredService<CodeContexts>());
        services.AddSingleton<ICoreLoop, CodePrewarmer>();
        return services;
    }
}
