using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Storage;

/// <summary>
/// Volumes in the pool: <see cref="IVolumeDisks"/>, and where they lie. Owners in them are the numbers that sandboxes see, whatever the host calls those; each mount of one maps them as the sandbox's root
/// is mapped. Every implementation runs the same conformance suite.
/// </summary>
internal interface IVolumeStorage : IVolumeDisks
{
    /// <summary>The volume's directory on the host, or null. Nothing in it is trusted.</summary>
    string? Find(VolumeId id);

    /// <summary>Removes what a server that died left. Only by a server, at its start: another process may have the pool open meanwhile.</summary>
    Task<Result<Done>> SweepAsync(CancellationToken cancellation);
}
