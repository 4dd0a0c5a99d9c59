using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Archives: a layer of the sandbox's own upon what is in the store already, or its template. What nobody else can stand on lies under the archive's own prefix, and goes with it.
/// </summary>
internal sealed class DiskArchives(
    IDiskStreams streams, LayerChains chains, DiskSender sender, DiskAncestors ancestors, TransferTurns turns, IObjectStore store, ArchiveReading reading) : IDiskArchives
{
    private const int Page = 1000;

    public async Task<Result<Done>> CheckAsync(Sandbox sandbox, CancellationToken cancellation)
    {
        var none = CheckpointId.New();
        if ((await streams.FindAsync(none, sandbox.Spec.Template, [], cancellation)).Fault is { Code: FaultCode.NotSupported } unable) return unable;
        return (await store.ListAsync(ExportKeys.Archive(sandbox.Id, none), 1, null, cancellation)).Map(_ => Done.Value);
    }

    public Task<Result<string>> PutAsync(Sandbox sandbox, CheckpointId saved, TransferProgress progress, CancellationToken cancellation) => turns.TakeAsync<string>(
        sandbox.Team,
        async () =>
        {
            using var hold = chains.Begin();
            if (!(await ancestors.FindAsync(sandbox.Checkpoint, sandbox.Team, saved, cancellation)).TryGet(out var before, out var fault)) return fault;
            if (!(await streams.FindAsync(saved, sandbox.Spec.Template, before, cancellation)).TryGet(out var disks, out fault)) return fault;
            if (!(await chains.GroundAsync(disks, hold, progress, cancellation)).TryGet(out var ground, out fault)) return fault;
            var place = ExportKeys.Archive(sandbox.Id, saved);
            if (!(await sender.SendAsync(place, disks[0], ground.Since, (long)sandbox.Spec.Limits.DiskMiB << 20, progress, cancellation)).TryGet(out var own, out fault)) return fault;
            ArchiveManifest manifest = new(ArchiveReading.Format, ManifestReader.Version, sandbox.Id.Value, [.. ground.With(own.Layer)]);
            var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ArchiveManifest);
            var key = ExportKeys.ArchiveManifest(sandbox.Id, saved, json);
            using MemoryStream content = new(json, writable: false);
            if ((await store.PutAsync(key, content, cancellation)).Fault is { } unkept) return unkept;
            Failpoint.Hit("archive.manifest");

            // It is about to be the only copy.
            if ((await reading.VerifyAsync(sandbox.Id, key.Value, cancellation)).Fault is { } damaged) return damaged;
            Failpoint.Hit("archive.verified");
            return key.Value;
        },
        cancellation);

    public Task<Result<Done>> FetchAsync(Sandbox sandbox, CheckpointId into, TransferProgress progress, CancellationToken cancellation) =>
        turns.TakeAsync(sandbox.Team, () => reading.ReceiveAsync(sandbox.Id, sandbox.Archive!, into, progress, cancellation), cancellation);

    public async Task<Result<Done>> ForgetAsync(SandboxId sandbox, CheckpointId saved, CancellationToken cancellation)
    {
        var place = ExportKeys.Archive(sandbox, saved);
        if ((await store.AbandonAsync(place, cancellation)).Fault is { } half) return half;
        while (true)
        {
            if (!(await store.ListAsync(place, Page, null, cancellation)).TryGet(out var page, out var fault)) return fault;
            foreach (var found in page.Objects)
            {
                if ((await store.DeleteAsync(found.Key, cancellation)).Fault is { } left) return left;
            }

            if (page.Objects.Count < Page) return Done.Value;
        }
    }
}
