namespace Atoll.Machine.Sandboxes;

/// <summary>A guest folder that was made, and the token that is in it.</summary>
/// <param name="Memory">The saved memory that process 1 goes on from, which knows this token; null: it starts anew.</param>
internal sealed record GuestSeat(string Folder, byte[] Token, string? Memory = null);
