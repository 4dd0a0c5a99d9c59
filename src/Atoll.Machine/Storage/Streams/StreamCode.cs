namespace Atoll.Machine.Storage.Streams;

/// <summary>The steps of a send stream, version 1 (include/uapi and fs/btrfs/send.h). Numbers are the format's.</summary>
internal enum StreamCode : ushort
{
    Subvolume = 1,
    Snapshot = 2,
    MakeFile = 3,
    MakeDirectory = 4,
    MakeNode = 5,
    MakeFifo = 6,
    MakeSocket = 7,
    SymbolicLink = 8,
    Rename = 9,
    Link = 10,
    Unlink = 11,
    RemoveDirectory = 12,
    SetAttribute = 13,
    RemoveAttribute = 14,
    Write = 15,
    Clone = 16,
    Truncate = 17,
    ChangeMode = 18,
    ChangeOwner = 19,
    SetTimes = 20,
    End = 21,
    UpdateExtent = 22,
}
