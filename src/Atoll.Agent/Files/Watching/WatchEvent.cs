using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Watching;

/// <summary>An event as the kernel reports it. The name is empty for one of the watched thing itself.</summary>
internal readonly record struct WatchEvent(int Watch, WatchMask Mask, uint Cookie, byte[] Name)
{
    public bool Has(WatchMask mask) => (Mask & mask) != 0;

    public bool IsRepeatOf(in WatchEvent other) => Watch == other.Watch && Mask == other.Mask && Name.AsSpan().SequenceEqual(other.Name);
}
