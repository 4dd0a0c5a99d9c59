using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Parts from the object store. A connection that breaks in the middle of one is tried again a few times, longer each time.</summary>
internal sealed class StoredParts(IObjectStore store, TimeProvider time) : IPartSource
{
    private const int MostTries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    public Task ReadAsync(Packed packed, ExportPart part, Memory<byte> buffer, CancellationToken cancellation) => ReadAsync(ExportKeys.Part(packed.Place, part.Sha256), buffer, cancellation);

    /// <summary>A small object whole; null when it is not there.</summary>
    /// <exception cref="FaultException">The store fails, or it is larger.</exception>
    public async Task<byte[]?> FindAsync(ObjectKey key, int mostBytes, CancellationToken cancellation)
    {
        if (!(await store.HeadAsync(key, cancellation)).TryGet(out var found, out var fault)) throw new FaultException(fault);
        if (found is null) return null;
        if (found.Bytes > mostBytes) throw new FaultException(ExportFaults.Invalid($"'{key}' is larger than it can be."));
        var bytes = new byte[found.Bytes];
        await ReadAsync(key, bytes, cancellation);
        return bytes;
    }

    private async Task ReadAsync(ObjectKey key, Memory<byte> buffer, CancellationToken cancellation)
    {
        for (var (tries, pause) = (1, FirstPause); ; tries++, pause *= 2)
        {
            try
            {
                // One byte more, to see that there is none.
                if (!(await store.GetAsync(key, 0, buffer.Length + 1L, cancellation)).TryGet(out var stream, out var fault))
                    throw new FaultException(fault.Code is FaultCode.ObjectNotFound ? ExportFaults.Invalid($"'{key}' is missing from the object store.") : fault);
                await using (stream)
                {
                    var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
                    if (count < buffer.Length || await stream.ReadAsync(new byte[1], cancellation) > 0) throw new FaultException(ExportFaults.Invalid($"'{key}' has not the length it should have."));
                }

                return;
            }
            catch (IOException broken)
            {
                if (tries == MostTries) throw new FaultException(ObjectFaults.Unavailable(store.Description, broken.Message), broken);
                await Task.Delay(pause, time, cancellation);
            }
        }
    }
}
