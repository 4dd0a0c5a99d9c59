namespace Atoll.Agent.Files.Native;

/// <summary>Flags of open(2), as on x86-64.</summary>
[Flags]
internal enum OpenFlags
{
    Read = 0,
    Write = 0x1,
    Create = 0x40,
    Exclusive = 0x80,
    NoTerminal = 0x100,
    Truncate = 0x200,
    NonBlocking = 0x800,
    Directory = 0x10000,
    NoFollow = 0x20000,
    CloseOnExec = 0x80000,
    Path = 0x200000,

    /// <summary>A directory whose entries are reached through it, not read.</summary>
    DirectoryPath = Path | Directory | CloseOnExec,

    /// <summary>A directory whose names are read; never through a symlink.</summary>
    DirectoryRead = Directory | NonBlocking | NoFollow | CloseOnExec,

    /// <summary>Anything, without waiting for the other end of a FIFO or becoming a terminal's process.</summary>
    CarefulRead = NonBlocking | NoTerminal | CloseOnExec,

    /// <summary>A file that must not be there yet.</summary>
    NewFile = Write | Create | Exclusive | NoFollow | NoTerminal | CloseOnExec,
}
