using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;

namespace Atoll.Core.Store;

/// <summary>Between a team's quota and its row.</summary>
internal static class QuotaRows
{
    public static TeamQuota ToQuota(TeamRow row) => new(row.QuotaSandboxes, row.QuotaCpu, row.QuotaMemoryMiB, row.QuotaDiskMiB, row.QuotaCreatesPerMinute);

    public static void Set(TeamRow row, TeamUpdate update)
    {
        row.Name = update.Name ?? row.Name;
        row.QuotaSandboxes = update.Sandboxes ?? row.QuotaSandboxes;
        row.QuotaCpu = update.Cpu ?? row.QuotaCpu;
        row.QuotaMemoryMiB = update.MemoryMiB ?? row.QuotaMemoryMiB;
        row.QuotaDiskMiB = update.DiskMiB ?? row.QuotaDiskMiB;
        row.QuotaCreatesPerMinute = update.CreatesPerMinute ?? row.QuotaCreatesPerMinute;
    }
}
