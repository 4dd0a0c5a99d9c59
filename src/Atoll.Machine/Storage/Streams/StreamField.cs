namespace Atoll.Machine.Storage.Streams;

/// <summary>What a step of a send stream says, by number (fs/btrfs/send.h).</summary>
internal enum StreamField : ushort
{
    Uuid = 1,
    Transaction = 2,
    Size = 4,
    Mode = 5,
    User = 6,
    Group = 7,
    Device = 8,
    ModifiedTime = 10,
    AccessTime = 11,
    AttributeName = 13,
    AttributeData = 14,
    Path = 15,
    PathTo = 16,
    PathLink = 17,
    Offset = 18,
    Data = 19,
    CloneUuid = 20,
    ClonePath = 22,
    CloneOffset = 23,
    CloneLength = 24,
}
