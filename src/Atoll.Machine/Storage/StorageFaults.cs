using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Storage;

/// <summary>The failures of this room, in one wording.</summary>
internal static class StorageFaults
{
    public static Fault Host(string detail, string? hint = null) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, detail, hint);

    public static Fault NoTemplate(string name) => new(
        FaultCode.TemplateNotFound, FaultSide.Caller, FaultStage.Template, $"There is no template '{name}' on this node.", "List the templates that are ready, or build this one.");

    public static Fault BadName(string name) => new(
        FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Template, $"'{name}' is no template name.", "Use lower-case letters, digits, '-', '_', '.', and one ':' before a tag; at most 128.");

    public static Fault NoClone(string id) => new(FaultCode.SandboxNotFound, FaultSide.Server, FaultStage.Storage, $"There is no root filesystem of sandbox {id}.");

    public static Fault NoCheckpoint(CheckpointId id) => new(
        FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Storage, $"The disk of checkpoint {id} is not on this node.", "List your checkpoints to see those that are.");

    public static Fault NoVolume(string id) => new(
        FaultCode.VolumeNotFound, FaultSide.Server, FaultStage.Storage, $"Volume {id} is not in the pool of this node.", "List your volumes to see those that are.");

    /// <param name="bytes">What was to be written; 0 when that is not known.</param>
    public static Fault Full(PoolUsage usage, long bytes = 0) => new(
        FaultCode.PoolNearlyFull,
        FaultSide.Host,
        FaultStage.Storage,
        $"The storage pool is nearly full: {usage.FreeBytes >> 20} MiB are free and {usage.ReserveBytes >> 20} MiB are kept in reserve{(bytes > 0 ? $", and {bytes >> 20} MiB were to be written" : "")}.",
        "Delete sandboxes or templates, free space on the host's disk, or raise Storage:MaxBytes.");

    /// <summary>Runs blocking calls off the caller's thread; the system's failures become a fault that names the call, its subject and errno.</summary>
    public static async Task<Result<T>> GuardAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(work, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return HostShortage.Explain(failure) ?? Host(failure.Message);
        }
    }

    public static Task<Result<T>> GuardAsync<T>(Func<Result<T>> work, CancellationToken cancellation) => GuardAsync(() => Task.FromResult(work()), cancellation);
}
