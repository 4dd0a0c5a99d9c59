namespace Atoll.Core.Guests.Files;

public enum FileChangeKind
{
    /// <summary>The watch is in force: what happens from here on is reported.</summary>
    Watching,
    Created,
    Written,
    Removed,

    /// <summary>An entry went away under this name (its new name, if below the watch, comes as <see cref="Created"/>).</summary>
    Renamed,
    ModeChanged,

    /// <summary>Changes came faster than they could be read: some are missing, look again.</summary>
    Overflow,
}
