using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Atoll.Core.Store;

/// <summary>
/// The database; each engine has a class of it, with its own migrations. Nothing here belongs to one of them: times are UTC ticks in a 64-bit integer (sortable and exact everywhere), enums are their names,
/// and the filter of the index on names is SQL that SQLite and PostgreSQL read alike.
/// </summary>
internal abstract class AtollContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<SandboxRow> Sandboxes => Set<SandboxRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<TeamRow> Teams => Set<TeamRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<UserRow> Users => Set<UserRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<ClaimRow> Claims => Set<ClaimRow>();

    public DbSet<UsageRow> Usage => Set<UsageRow>();

    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    public DbSet<VolumeRow> Volumes => Set<VolumeRow>();

    public DbSet<ExportRow> Exports => Set<ExportRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<DateTimeOffset>().HaveConversion<TicksConverter>();
        conventions.Properties<Enum>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<SandboxRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => new { x.Team, x.Name }).IsUnique().HasFilter("\"EndedAt\" IS NULL AND \"Name\" IS NOT NULL");
            row.HasIndex(x => new { x.Team, x.CreatedAt, x.Id });
            row.HasIndex(x => x.EndedAt);
        });
        model.Entity<EventRow>(row =>
        {
            row.HasKey(x => x.Sequence);
            row.HasIndex(x => new { x.Team, x.Sequence });
            row.HasIndex(x => new { x.Sandbox, x.Sequence });
            row.HasIndex(x => x.At);
        });
        model.Entity<TeamRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => x.Name).IsUnique();
        });
        model.Entity<UserRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => new { x.Team, x.Name }).IsUnique();
            row.HasOne<TeamRow>().WithMany().HasForeignKey(x => x.Team);
        });
        model.Entity<AuditRow>(row =>
        {
            row.HasKey(x => x.Sequence);
            row.HasIndex(x => new { x.Team, x.At, x.Sequence });
            row.HasIndex(x => new { x.At, x.Sequence });
        });
        model.Entity<KeyRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => x.Hash).IsUnique();
            row.HasOne<TeamRow>().WithMany().HasForeignKey(x => x.Team);
            row.HasOne<UserRow>().WithMany().HasForeignKey(x => x.User);
        });
        model.Entity<ClaimRow>(row =>
        {
            row.HasKey(x => new { x.Team, x.Key });
            row.HasIndex(x => x.At);
            row.HasOne<SandboxRow>().WithMany().HasForeignKey(x => x.Sandbox);
        });
        model.Entity<CheckpointRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => new { x.Sandbox, x.Name }).IsUnique().HasFilter("\"DeletedAt\" IS NULL AND \"Name\" IS NOT NULL");
            row.HasIndex(x => new { x.Team, x.CreatedAt, x.Id });
            row.HasIndex(x => x.Disk);
            row.HasIndex(x => x.DeletedAt);
        });
        model.Entity<VolumeRow>(row =>
        {
            row.HasKey(x => x.Id);
            row.HasIndex(x => new { x.Team, x.Name }).IsUnique().HasFilter("\"Name\" IS NOT NULL");
        });
        model.Entity<ExportRow>(row =>
        {
            row.HasKey(x => x.Key);
            row.HasIndex(x => new { x.Team, x.CreatedAt, x.Key });
        });
        model.Entity<JournalRow>(row => row.HasKey(x => new { x.Operation, x.Subject }));
        model.Entity<UsageRow>(row =>
        {
            row.HasKey(x => new { x.Sandbox, x.Hour });
            row.HasIndex(x => new { x.Team, x.Hour });
            row.HasIndex(x => x.Hour);
        });
    }

    private sealed class TicksConverter() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
