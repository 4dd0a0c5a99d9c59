using Atoll.Core.Faults;

namespace Atoll.Core.Objects;

/// <summary>
/// Where things are put that outlive this machine: objects, each a run of bytes under a key.
/// <para>Vocabulary. A <i>key</i> is a path of plain names (<see cref="ObjectKey"/>). A <i>put</i> replaces what the key held. A <i>half upload</i> is what a put that died left in the store;
/// nobody sees it, and it takes room until it is abandoned.</para>
/// <para>Flow: <see cref="PutAsync"/>; then <see cref="HeadAsync"/>, <see cref="GetAsync"/> and <see cref="ListAsync"/> any number of times, from any machine that shares the store;
/// <see cref="DeleteAsync"/>.</para>
/// <para>Crash. An object is there whole, and durable when the put returns, or not at all: readers see what was there before until then. A put whose content throws, or that is cancelled, leaves
/// what was there.</para>
/// <para>Memory is bounded whatever the length of an object: a put holds one part of it, a get none. Failures of the store are <see cref="FaultCode.ObjectStoreUnavailable"/> after a bounded
/// number of tries; a store that is full answers <see cref="FaultCode.ObjectStoreFull"/>.</para>
/// <para>Every implementation runs the same conformance suite. Threads: any member at any time; of two puts of one key at once either may win, whole.</para>
/// </summary>
public interface IObjectStore
{
    /// <summary>What and where it is, for people. No secrets.</summary>
    string Description { get; }

    /// <summary>Stores all that <paramref name="content"/> holds from where it stands, of whatever length; it is read once and stays open. What reading it throws comes out unchanged.</summary>
    /// <returns>The bytes that were stored.</returns>
    Task<Result<long>> PutAsync(ObjectKey key, Stream content, CancellationToken cancellation);

    /// <summary>
    /// An object's bytes from <paramref name="offset"/> on, at most <paramref name="length"/> of them (null: to the end; beyond the end there are none). <see cref="FaultCode.ObjectNotFound"/>
    /// when it is not there. The caller disposes the stream; a store that fails while it is read throws an <see cref="IOException"/>, never a short end.
    /// </summary>
    Task<Result<Stream>> GetAsync(ObjectKey key, long offset, long? length, CancellationToken cancellation);

    /// <summary>Null when it is not there.</summary>
    Task<Result<StoredObject?>> HeadAsync(ObjectKey key, CancellationToken cancellation);

    /// <summary>Objects whose key begins with <paramref name="prefix"/>, in the order of their keys' bytes.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="after">Only keys behind this one: the last of the page before.</param>
    Task<Result<ObjectPage>> ListAsync(string prefix, int limit, ObjectKey? after, CancellationToken cancellation);

    /// <summary>Succeeds for what is not there.</summary>
    Task<Result<Done>> DeleteAsync(ObjectKey key, CancellationToken cancellation);

    /// <summary>Frees half uploads of keys that begin with <paramref name="prefix"/>. Preconditions: nobody puts one meanwhile; such a put may fail.</summary>
    Task<Result<Done>> AbandonAsync(string prefix, CancellationToken cancellation);
}
