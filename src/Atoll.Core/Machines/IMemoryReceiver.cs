using Atoll.Core.Faults;

namespace Atoll.Core.Machines;

/// <summary>A saved memory that is being received: <see cref="IMemoryStreams"/>.</summary>
public interface IMemoryReceiver
{
    /// <summary>Takes one file, of the length that was announced. What reading <paramref name="content"/> throws comes out unchanged.</summary>
    Task<Result<Done>> WriteAsync(string name, Stream content, CancellationToken cancellation);

    /// <summary>Makes it a saved memory, durable when this returns. Preconditions: each file was written.</summary>
    /// <returns>What it takes, in bytes.</returns>
    Task<Result<long>> KeepAsync(CancellationToken cancellation);
}
