using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Atoll.Core.Volumes;
using Atoll.Core.Volumes.Living;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Volumes in the database. A change, the event that tells of it and the journal entry that it ends (or begins) are one transaction, after which the directory in memory follows.</summary>
internal sealed class VolumeStore(Database database, EventFeed feed, VolumeDirectory directory, TimeProvider time)
{
    /// <summary>Puts a new volume down, and ends its journal entry.</summary>
    public Task<Result<Volume>> AddAsync(Volume volume, JournalEntry begun)
    {
        var told = NewEvent(volume, EventTypes.VolumeCreated);
        return SaveAsync(volume, told, context =>
        {
            context.Volumes.Add(VolumeRows.ToRow(volume));
            JournalStore.Remove(context, begun);
            return Task.FromResult(true);
        });
    }

    /// <summary>Saves a change, and ends its journal entry. <see cref="FaultCode.VolumeNotFound"/> when it was deleted meanwhile.</summary>
    public Task<Result<Volume>> UpdateAsync(Volume volume, JournalEntry begun)
    {
        var told = NewEvent(volume, EventTypes.VolumeUpdated);
        return SaveAsync(volume, told, async context =>
        {
            if (!await context.Volumes.AnyAsync(x => x.Id == volume.Id.Value)) return false;
            context.Volumes.Update(VolumeRows.ToRow(volume));
            JournalStore.Remove(context, begun);
            return true;
        });
    }

    /// <summary>Deletes it, and begins the journal entry of what is left to do on the host. <see cref="FaultCode.VolumeNotFound"/> when somebody else was quicker.</summary>
    public async Task<Result<Done>> DeleteAsync(Volume volume, JournalEntry entry, Action committed)
    {
        var told = NewEvent(volume, EventTypes.VolumeDeleted);
        var deleted = await database.WriteAsync(
            async context =>
            {
                if (!await context.Volumes.AnyAsync(x => x.Id == volume.Id.Value)) return false;
                context.Volumes.Remove(VolumeRows.ToRow(volume));
                context.Events.Add(told);
                JournalStore.Add(context, entry);
                await context.SaveChangesAsync();
                return true;
            },
            done =>
            {
                if (!done) return;
                directory.Remove(volume.Id);
                committed();
                feed.Publish(EventRows.ToEvent(told));
            });
        if (!deleted.TryGet(out var was, out var fault)) return fault;
        return was ? Done.Value : VolumeFaults.NotFound(volume.Id.Value);
    }

    /// <summary>Whether it has been saved; true when that cannot be told.</summary>
    public async Task<bool> MayExistAsync(VolumeId id)
    {
        var found = await database.ReadAsync(context => context.Volumes.AnyAsync(x => x.Id == id.Value), CancellationToken.None);
        return !found.TryGet(out var exists, out _) || exists;
    }

    /// <summary>At start: all of them, into the directory too.</summary>
    public async Task<Result<List<Volume>>> LoadAsync(CancellationToken cancellation)
    {
        var read = await database.ReadAsync(context => context.Volumes.ToListAsync(cancellation), cancellation);
        var loaded = read.Map(rows => rows.ConvertAll(VolumeRows.ToVolume));
        if (loaded.TryGet(out var volumes, out _)) volumes.ForEach(directory.Put);
        return loaded;
    }

    private async Task<Result<Volume>> SaveAsync(Volume volume, EventRow told, Func<AtollContext, Task<bool>> change)
    {
        var saved = await database.WriteAsync(
            async context =>
            {
                if (!await change(context)) return false;
                context.Events.Add(told);
                await context.SaveChangesAsync();
                return true;
            },
            done =>
            {
                if (!done) return;
                directory.Put(volume);
                feed.Publish(EventRows.ToEvent(told));
            },
            () => VolumeFaults.NameTaken(volume.Name));
        if (!saved.TryGet(out var was, out var fault)) return fault;
        return was ? volume : VolumeFaults.NotFound(volume.Id.Value);
    }

    private EventRow NewEvent(Volume volume, string type) => new()
    {
        At = time.GetUtcNow(),
        Team = volume.Team.Value,
        Sandbox = string.Concat("s", volume.Id.Value.AsSpan(1)),
        Type = type,
        From = SandboxState.Deleted,
        To = SandboxState.Deleted,
        Detail = volume.Id.Value,
    };
}
