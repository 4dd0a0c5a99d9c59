namespace Atoll.Machine.Storage.Streams;

/// <summary>A difference tells more holes as zeros than it is worth.</summary>
internal sealed class ZeroBoundException() : Exception("The stream has more zeros than it may.");
