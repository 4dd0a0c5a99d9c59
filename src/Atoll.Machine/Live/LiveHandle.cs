using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Live;

/// <summary>A live sandbox's parts on this host.</summary>
internal sealed record LiveHandle(SandboxId Id, ISandboxRuntime Runtime, RunningInit Init, NetworkSlot Slot, IGuest Guest);
