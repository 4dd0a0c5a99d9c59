namespace Atoll.Machine.Sandboxes;

/// <summary>A guest folder that was made, and the token that is in it.</summary>
internal sealed record GuestSeat(string Folder, byte[] Token);
