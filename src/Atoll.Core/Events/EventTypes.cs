namespace Atoll.Core.Events;

/// <summary>The types of <see cref="SandboxEvent"/>. Clients compare them: never rename one, only add.</summary>
public static class EventTypes
{
    public const string Created = "sandbox.created";
    public const string Running = "sandbox.running";
    public const string Updated = "sandbox.updated";
    public const string Extended = "sandbox.extended";
    public const string Paused = "sandbox.paused";

    /// <summary>No longer paused.</summary>
    public const string Resumed = "sandbox.resumed";
    public const string Suspended = "sandbox.suspended";

    /// <summary>Its policy says that it is suspended now, which did not work; it goes on. The detail says why. Told once, though it is tried again.</summary>
    public const string SuspendFailed = "sandbox.suspend_failed";

    /// <summary>No longer suspended.</summary>
    public const string Woken = "sandbox.woken";
    public const string Stopped = "sandbox.stopped";

    /// <summary>No longer stopped.</summary>
    public const string Started = "sandbox.started";

    /// <summary>Its disk is in the object store, and its local copy is freed.</summary>
    public const string Archived = "sandbox.archived";
    /// <summary>A process of it was ended; it goes on. The detail is <c>out_of_memory</c>, and the process's name and pid where they are known.</summary>
    public const string ProcessKilled = "sandbox.process_killed";
    public const string Deleted = "sandbox.deleted";
    public const string Failed = "sandbox.failed";

    /// <summary>The detail is the port's number, and <c>public</c> where anybody may reach it.</summary>
    public const string PortExposed = "port.exposed";

    /// <summary>The detail is the port's number, and <c>expired</c> where its time was up.</summary>
    public const string PortClosed = "port.closed";

    /// <summary>The detail is the checkpoint's id.</summary>
    public const string Restored = "sandbox.restored";

    /// <summary>The detail is the checkpoint's id.</summary>
    public const string CheckpointCreated = "checkpoint.created";

    /// <summary>The detail is the checkpoint's id.</summary>
    public const string CheckpointDeleted = "checkpoint.deleted";

    /// <summary>The detail is the checkpoint's id. It is of no sandbox that was ever here: the event's sandbox is the id that stands for the one it was made of.</summary>
    public const string CheckpointImported = "checkpoint.imported";

    /// <summary>Also of a snapshot or clone. The detail is the volume's id. It is of no sandbox: the event's sandbox is an id that stands for the volume, with <c>s</c> in place of its <c>v</c>.</summary>
    public const string VolumeCreated = "volume.created";

    /// <summary>Renamed or resized. As <see cref="VolumeCreated"/>.</summary>
    public const string VolumeUpdated = "volume.updated";

    /// <summary>As <see cref="VolumeCreated"/>.</summary>
    public const string VolumeDeleted = "volume.deleted";
}
