using Atoll.Core.Faults;

namespace Atoll.Core.Machines;

/// <summary>A disk that is being received: <see cref="IDiskStreams"/>. Disposing it closes what is open, and removes nothing.</summary>
public interface IDiskReceiver : IDisposable
{
    /// <summary>Takes the disk to where this stream leads. What reading <paramref name="stream"/> throws comes out unchanged.</summary>
    /// <param name="id">The stream must be this disk's,</param>
    /// <param name="since">and begin at this one (null: at nothing).</param>
    Task<Result<Done>> ApplyAsync(Guid id, Guid? since, Stream stream, CancellationToken cancellation);

    /// <summary>Makes it a saved disk, durable when this returns.</summary>
    /// <returns>What it takes, in bytes of this host's storage.</returns>
    Task<Result<long>> KeepAsync(CancellationToken cancellation);
}
