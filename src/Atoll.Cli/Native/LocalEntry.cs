namespace Atoll.Cli.Native;

/// <summary>What is at a local path itself.</summary>
/// <param name="Mode">Permission bits.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="File">What it is by whichever name.</param>
internal sealed record LocalEntry(LocalKind Kind, int Mode, long Size, uint Links, (uint Major, uint Minor, ulong Inode) File, DateTimeOffset Modified);
