using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints;

/// <summary>
/// Checkpoints on their way from one machine to another.
/// <para>Vocabulary. An <i>export</i> is a checkpoint in the object store: a <i>manifest</i> that names <i>layers</i>, each a stream of a disk (the template's whole, then what leads on from it), each cut
/// into <i>parts</i> of bounded size with a digest. Layers are shared: the next export sends only what has changed since one that is there. An <i>archive</i> is the same as one file. The export's
/// key holds the manifest's digest, so that the key vouches for everything below it.</para>
/// <para>Flow: <see cref="ExportAsync"/> here, <see cref="ImportAsync(TeamId, string, ImportRequest, TransferProgress, CancellationToken)"/> there; or <see cref="OpenArchiveAsync"/> here and the other
/// <c>ImportAsync</c> there.</para>
/// <para>Trust. An import takes data and no policy: team, limits, network and time limit are the importing server's. Nothing is visible before every digest has been checked, and what fails leaves
/// nothing.</para>
/// <para>Crash. An export is there whole or not at all, and one that broke off goes on with the parts that are there. An import that broke off leaves nothing.</para>
/// <para>Who goes away (<c>cancellation</c>) ends what was under way. Threads: any member at any time.</para>
/// </summary>
public interface ICheckpointTransfers
{
    /// <summary>Puts a checkpoint into the object store; what is there already is not sent again.</summary>
    Task<Result<Exported>> ExportAsync(TeamId team, string checkpoint, TransferProgress progress, CancellationToken cancellation);

    /// <summary>The same, and then as one file; the caller disposes it. Reading it throws an <see cref="IOException"/> when the store fails, never a short end.</summary>
    Task<Result<CheckpointArchive>> OpenArchiveAsync(TeamId team, string checkpoint, CancellationToken cancellation);

    /// <summary>Makes a checkpoint of the team from an export in the object store.</summary>
    /// <param name="key">As <see cref="ExportAsync"/> returned it, on whichever server.</param>
    Task<Result<Checkpoint>> ImportAsync(TeamId team, string key, ImportRequest request, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Makes a checkpoint of the team from an archive, which is read once.</summary>
    Task<Result<Checkpoint>> ImportAsync(TeamId team, Stream archive, ImportRequest request, TransferProgress progress, CancellationToken cancellation);
}
