namespace Atoll.Agent.Files.Native;

/// <summary>What inotify(7) reports, and how a watch is made.</summary>
[Flags]
internal enum WatchMask : uint
{
    None = 0,
    Modified = 0x2,
    Attributes = 0x4,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    DeletedSelf = 0x400,
    MovedSelf = 0x800,
    Unmounted = 0x2000,
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyDirectory = 0x1000000,
    NoFollow = 0x2000000,
    ExcludeUnlinked = 0x4000000,
    IsDirectory = 0x40000000,

    Changes = Modified | Attributes | MovedFrom | MovedTo | Created | Deleted,
    Top = Changes | DeletedSelf | MovedSelf,
    Below = Changes | OnlyDirectory | NoFollow | ExcludeUnlinked,
}
