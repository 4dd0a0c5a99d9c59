namespace Atoll.Machine.Networking;

/// <summary>Bytes through a slot, headers included, as the sandbox sees them.</summary>
internal sealed record SlotTraffic(long ReceivedBytes, long SentBytes);
