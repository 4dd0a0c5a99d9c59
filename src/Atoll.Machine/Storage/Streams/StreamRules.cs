using System.Text;

namespace Atoll.Machine.Storage.Streams;

/// <summary>
/// Which steps a stream may have, whoever wrote it. A path is relative, of plain names; a clone is of the disk itself; a device node is one of those that every <c>/dev</c> has (the pool is mounted
/// <c>nodev</c>, so that they are dead all the same); extended attributes are those that a sandbox's disk has. The kernel's own streams of such disks keep to it.
/// </summary>
internal static class StreamRules
{
    private const int MaxPath = 4095;
    private const int MaxName = 255;
    private const int MaxAttributeName = 255;
    private const uint TypeMask = 0xF000;
    private const uint Character = 0x2000;

    /// <summary>null, zero, full, random, urandom, tty, console, ptmx; and 0:0, which marks a removed file in an overlay and opens nothing. Major number, then minor.</summary>
    private static readonly HashSet<ulong> Devices = [0, 0x103, 0x105, 0x107, 0x108, 0x109, 0x500, 0x501, 0x502];

    private static readonly string[] AttributePrefixes = ["user.", "trusted."];

    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal) { "security.capability", "system.posix_acl_access", "system.posix_acl_default", "btrfs.compression" };

    /// <param name="id">The disk that the stream leads to.</param>
    /// <exception cref="InvalidDataException">It may not be.</exception>
    public static void Check(in StreamCommand command, Guid id)
    {
        switch (command.Code)
        {
            case StreamCode.MakeFile or StreamCode.MakeDirectory or StreamCode.MakeFifo or StreamCode.MakeSocket or StreamCode.Unlink or StreamCode.RemoveDirectory or StreamCode.Truncate:
                CheckPath(command, StreamField.Path);
                break;
            case StreamCode.MakeNode:
                CheckPath(command, StreamField.Path);
                CheckNode(command);
                break;
            case StreamCode.SymbolicLink:
                CheckPath(command, StreamField.Path);
                var target = command.Bytes(StreamField.PathLink);
                if (target.Length is 0 or > MaxPath || target.Contains((byte)0)) throw command.Bad("a link leads to nothing that is a path");
                break;
            case StreamCode.Rename:
                CheckPath(command, StreamField.Path);
                CheckPath(command, StreamField.PathTo);
                break;
            case StreamCode.Link:
                CheckPath(command, StreamField.Path);
                CheckPath(command, StreamField.PathLink);
                break;
            case StreamCode.SetAttribute or StreamCode.RemoveAttribute:
                CheckPath(command, StreamField.Path, root: true);
                CheckAttribute(command);
                break;
            case StreamCode.Write:
                CheckPath(command, StreamField.Path);
                if (command.Position(StreamField.Offset) > long.MaxValue - command.Bytes(StreamField.Data).Length) throw command.Bad("it writes behind the end of all files");
                break;
            case StreamCode.Clone:
                CheckPath(command, StreamField.Path);
                CheckPath(command, StreamField.ClonePath);
                if (command.Id(StreamField.CloneUuid) != id) throw command.Bad("it takes from another disk");
                break;
            case StreamCode.ChangeMode or StreamCode.ChangeOwner or StreamCode.SetTimes:
                CheckPath(command, StreamField.Path, root: true);
                break;
            default:
                throw new InvalidDataException($"step {(ushort)command.Code} has no place in a disk's stream");
        }
    }

    private static void CheckPath(in StreamCommand command, StreamField field, bool root = false)
    {
        var path = command.Bytes(field);
        if (path.Length == 0 && root) return;
        if (path.Length is 0 or > MaxPath || path.Contains((byte)0)) throw command.Bad($"{field} is no path");
        foreach (var part in path.Split((byte)'/'))
        {
            var name = path[part];
            if (name.Length is 0 or > MaxName || name is [(byte)'.'] or [(byte)'.', (byte)'.']) throw command.Bad($"{field} leads out of the disk, or nowhere");
        }
    }

    private static void CheckNode(in StreamCommand command)
    {
        if ((command.Number(StreamField.Mode) & TypeMask) != Character || !Devices.Contains(command.Number(StreamField.Device))) throw command.Bad("it makes a device");
    }

    private static void CheckAttribute(in StreamCommand command)
    {
        var bytes = command.Bytes(StreamField.AttributeName);
        if (bytes.Length is 0 or > MaxAttributeName || bytes.Contains((byte)0)) throw command.Bad("an attribute has no name");
        var name = Encoding.Latin1.GetString(bytes);
        if (!Attributes.Contains(name) && !AttributePrefixes.Any(prefix => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal))) throw command.Bad("it sets an attribute that no sandbox's file has");
    }
}
