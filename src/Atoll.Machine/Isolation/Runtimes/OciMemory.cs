using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// Saves a sandbox's memory by its runtime's commands: hold, save, what the caller does meanwhile, release. A note in the run directory says that it may be held, so that the next server
/// releases what this one did not come to.
/// </summary>
internal sealed class OciMemory(IOciEngine engine, RuntimeSpawner spawner, IOptions<IsolationOptions> options)
{
    private const string DeletedFile = "deleted and invalidated dentries";
    private const string NoRoom = "no space left";

    /// <param name="end">Ends it, instead of releasing it.</param>
    public async Task<Result<Done>> SaveAsync(RunDirectory directory, SandboxId id, string folder, Func<Task<Result<Done>>>? end, Func<Task<Result<Done>>> still)
    {
        if (engine.Memory is not { } commands) return NotSupported();
        Result<Done> saved;
        var ended = false;
        try
        {
            saved = await AtollTrace.MeasureAsync("memory.hold", () => commands.HoldAsync(directory, id, argv => RunAsync(argv, directory)));
            if (saved.Succeeded) Failpoint.Hit("memory.held");
            if (saved.Succeeded) saved = await AtollTrace.MeasureAsync("memory.save", () => commands.SaveAsync(directory, id, folder, argv => RunAsync(argv, directory)));
            if (saved.Fault is { Code: FaultCode.HostFailure } unsaved) saved = Explain(unsaved.Detail);
            if (saved.Succeeded) Failpoint.Hit("memory.saved");

            // What ends is durable before: nobody could save it again.
            if (saved.Succeeded && end is not null) saved = await AtollTrace.MeasureAsync("memory.sync", () => SyncAsync(folder));
            if (saved.Succeeded) saved = await still();
            if (saved.Succeeded && end is not null) saved = await end();
            ended = saved.Succeeded && end is not null;
        }
        catch (IOException failure)
        {
            saved = Unwritten(failure);
        }

        if (!ended)
        {
            var released = await AtollTrace.MeasureAsync("memory.release", () => ContinueAsync(directory, id));
            if (saved.Succeeded) saved = released;
        }

        if (saved.Fault is not null) return saved;
        Failpoint.Hit("memory.released");
        return ended ? saved : await AtollTrace.MeasureAsync("memory.sync", () => SyncAsync(folder));
    }

    /// <summary>Does nothing for what is not noted as held.</summary>
    public async Task<Result<Done>> ContinueAsync(RunDirectory directory, SandboxId id)
    {
        try
        {
            return engine.Memory is { } commands ? await commands.ReleaseAsync(directory, id, argv => RunAsync(argv, directory)) : Done.Value;
        }
        catch (IOException failure)
        {
            return Unwritten(failure);
        }
    }

    public Fault NotSupported() => MemoryFaults.NotSupported(engine.Kind, engine.MemoryMissing ?? "It has not been tried yet.");

    private async Task<Result<Done>> RunAsync(IReadOnlyList<string> argv, RunDirectory directory)
    {
        File.Delete(directory.MemoryLog);
        var run = await spawner.RunAsync(argv, HostView.AsIs, options.Value.MemoryTimeLimit, CancellationToken.None);
        if (!run.TryGet(out var code, out var fault)) return fault;
        return code == 0 ? Done.Value : Failed(RuntimeLog.LastError(directory.MemoryLog) ?? $"exit code {code}");
    }

    private Fault Failed(string said) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"{engine.Name}: {said}", "The sandbox goes on.");

    private Fault Explain(string said)
    {
        if (said.Contains(DeletedFile, StringComparison.Ordinal))
        {
            return new(FaultCode.NotSupported, FaultSide.Caller, FaultStage.Isolation, $"A process holds a file open that has been deleted, which this {engine.Name} cannot save: {said}",
                "End or restart that process, or keep such files in /dev/shm; a newer runsc can. A checkpoint of kind \"disk\" works as well.");
        }

        return said.Contains(NoRoom, StringComparison.OrdinalIgnoreCase)
            ? new(FaultCode.PoolNearlyFull, FaultSide.Host, FaultStage.Storage, $"The storage pool has no room for the sandbox's memory: {said}", "Delete checkpoints or sandboxes. The sandbox goes on.")
            : new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"{engine.Name} could not save the sandbox: {said}", "The sandbox goes on. A checkpoint of kind \"disk\" needs nothing of its memory.");
    }

    private static async Task<Result<Done>> SyncAsync(string folder)
    {
        try
        {
            await Task.WhenAll(Directory.EnumerateFiles(folder).Select(file => Task.Run(() => FileCall.Sync(file))));
            await Task.Run(() => FileCall.Sync(folder));
            return Done.Value;
        }
        catch (IOException failure)
        {
            return Unwritten(failure);
        }
    }

    private static Fault Unwritten(IOException failure) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, $"The sandbox's memory could not be written: {failure.Message}");
}
