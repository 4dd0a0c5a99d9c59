using Atoll.Core.Checkpoints;
using Atoll.Core.Code;
using Atoll.Core.Hosting;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Volumes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Sandboxes;
using Atoll.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Composition;

/// <summary>The rooms behind the API: Core, and this machine.</summary>
internal static class Rooms
{
    public static void Add(WebApplicationBuilder builder)
    {
        // First: nothing of the state directory is touched while another server has it.
        builder.Services.AddHostedService<SoleServer>();
        builder.Services.AddOptions<SandboxOptions>().BindConfiguration(SandboxOptions.Section);
        builder.Services.AddOptions<CheckpointOptions>().BindConfiguration(CheckpointOptions.Section);
        builder.Services.AddOptions<ExportOptions>().BindConfiguration(ExportOptions.Section);
        builder.Services.AddOptions<VolumeOptions>().BindConfiguration(VolumeOptions.Section);
        builder.Services.AddOptions<CodeOptions>().BindConfiguration(CodeOptions.Section);
        builder.Services.AddOptions<TeamOptions>().BindConfiguration(TeamOptions.Section);
        builder.Services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).PostConfigure<IOptions<MachineOptions>>(PlaceInStateDirectory);
        builder.Services.AddOptions<StoreOptions>().BindConfiguration(StoreOptions.Section).PostConfigure<IOptions<MachineOptions>>(PlaceInStateDirectory);
        builder.Services.AddOptions<UsageOptions>().BindConfiguration(UsageOptions.Section);
        builder.Services.AddAtollMachine();
        builder.Services.AddAtollCore();
        builder.UseOrleans(silo => silo.UseAtollCluster());
    }

    /// <summary>Core knows no directories: what nobody has placed lies beside the rest of the state.</summary>
    private static void PlaceInStateDirectory(AuditOptions audit, IOptions<MachineOptions> machine)
    {
        if (audit.JournalFolder == new AuditOptions().JournalFolder) audit.JournalFolder = Path.Combine(machine.Value.StateDirectory, "audit");
    }

    private static void PlaceInStateDirectory(StoreOptions store, IOptions<MachineOptions> machine)
    {
        if (store.ConnectionString == new StoreOptions().ConnectionString) store.ConnectionString = $"Data Source={Path.Combine(machine.Value.StateDirectory, "atoll.db")}";
    }
}
