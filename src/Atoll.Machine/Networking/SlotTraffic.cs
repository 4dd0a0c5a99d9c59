namespace Atoll.Machine.Networking;

internal sealed record SlotTraffic(long ReceivedBytes, long SentBytes);
