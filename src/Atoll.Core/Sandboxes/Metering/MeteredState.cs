namespace Atoll.Core.Sandboxes.Metering;

/// <summary>What a sandbox takes of its host, as far as metering tells it apart. Creating and ended sandboxes are not metered.</summary>
public enum MeteredState
{
    /// <summary>Everything counts.</summary>
    Running,

    /// <summary>Its processes stand still in memory: memory and disk count.</summary>
    Paused,

    /// <summary>Suspended or stopped: it is on disk only, and disk counts.</summary>
    Suspended,

    /// <summary>In the object store: nothing counts but the time at rest.</summary>
    Archived,
}
