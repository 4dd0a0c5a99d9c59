using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>A guest folder that was made, and the token that opens its agent from its first answer on.</summary>
/// <param name="Image">The memory that it goes on from, in which the agent has another token yet; null: it is started anew, and the token is in the folder.</param>
internal sealed record GuestSeat(string Folder, byte[] Token, MemoryImage? Image = null);
