using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Streams;

/// <summary>Does the steps of a stream in a tree that is nobody's yet. Zeros become holes, so that what was sparse stays so. One flow.</summary>
internal sealed class TreeTarget(TreeWriter tree, long mostEntries) : IStreamTarget
{
    private long _entries;

    public void Apply(in StreamCommand command)
    {
        try
        {
            Do(command);
        }
        catch (SyscallException failure) when (failure.Errno is not (Errno.NoSpace or Errno.QuotaExceeded or Errno.NoMemory or Errno.TooManyFiles or Errno.TooManyFilesHere or Errno.Io or Errno.ReadOnlyFileSystem))
        {
            // What the host lacks is said as it is; all else says that the step does not fit the tree.
            throw command.Bad(failure.Message);
        }
    }

    private void Do(in StreamCommand command)
    {
        switch (command.Code)
        {
            case StreamCode.MakeFile:
                Count(command);
                tree.MakeFile(command.Path);
                break;
            case StreamCode.MakeDirectory:
                Count(command);
                tree.MakeDirectory(command.Path);
                break;
            case StreamCode.MakeNode:
                Count(command);
                tree.MakeNode(command.Path, TreeWriter.Character, command.Number(StreamField.Device));
                break;
            case StreamCode.MakeFifo:
                Count(command);
                tree.MakeNode(command.Path, TreeWriter.Fifo, 0);
                break;
            case StreamCode.MakeSocket:
                Count(command);
                tree.MakeNode(command.Path, TreeWriter.Socket, 0);
                break;
            case StreamCode.SymbolicLink:
                Count(command);
                tree.MakeLink(command.Path, command.Bytes(StreamField.PathLink));
                break;
            case StreamCode.Rename:
                tree.Rename(command.Path, command.Bytes(StreamField.PathTo));
                break;
            case StreamCode.Link:
                Count(command);
                tree.Link(command.Bytes(StreamField.PathLink), command.Path);
                break;
            case StreamCode.Unlink:
                tree.Remove(command.Path, directory: false);
                break;
            case StreamCode.RemoveDirectory:
                tree.Remove(command.Path, directory: true);
                break;
            case StreamCode.SetAttribute:
                tree.SetAttribute(command.Path, command.Bytes(StreamField.AttributeName), command.Bytes(StreamField.AttributeData));
                break;
            case StreamCode.RemoveAttribute:
                tree.RemoveAttribute(command.Path, command.Bytes(StreamField.AttributeName));
                break;
            case StreamCode.Write:
                tree.Write(command.Path, command.Position(StreamField.Offset), command.Bytes(StreamField.Data));
                break;
            case StreamCode.Clone:
                tree.Clone(command.Bytes(StreamField.ClonePath), command.Position(StreamField.CloneOffset), command.Path, command.Position(StreamField.Offset), command.Position(StreamField.CloneLength));
                break;
            case StreamCode.Truncate:
                tree.Truncate(command.Path, command.Position(StreamField.Size));
                break;
            case StreamCode.ChangeMode:
                tree.ChangeMode(command.Path, command.Number(StreamField.Mode));
                break;
            case StreamCode.ChangeOwner:
                tree.ChangeOwner(command.Path, command.Owner(StreamField.User), command.Owner(StreamField.Group));
                break;
            case StreamCode.SetTimes:
                tree.SetTimes(command.Path, command.Time(StreamField.AccessTime), command.Time(StreamField.ModifiedTime));
                break;
            default:
                throw command.Bad("it is not known");
        }
    }

    private void Count(in StreamCommand command)
    {
        if (++_entries > mostEntries) throw command.Bad($"there are more than {mostEntries} entries (option Exports:MostEntries)");
    }
}
