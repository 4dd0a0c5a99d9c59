using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Changing;

/// <summary>A directory of a copy while its content is made: it gets its owner, mode and times when that is done, since each entry made in it changes its time.</summary>
internal sealed record CopiedDirectory(Descriptor Directory, byte[] SourcePath, FileStatus Source)
{
    public static CopiedDirectory Open(Descriptor at, byte[] name, byte[] sourcePath, in FileStatus source) =>
        new(FileCalls.Open(at, name, OpenFlags.DirectoryRead, 0, out var errno) ?? throw FileFailure.Of(errno, sourcePath), sourcePath, source);

    public bool Holds(byte[] sourcePath) => GuestPath.IsBelow(sourcePath, SourcePath);

    public void Finish()
    {
        using (Directory)
        {
            FileFailure.Check(FileCalls.ChangeOwner(Directory, new Ownership(Source.Uid, Source.Gid)), SourcePath);
            FileFailure.Check(FileCalls.ChangeMode(Directory, Source.Mode), SourcePath);
            FileFailure.Check(FileCalls.ChangeTimes(Directory, "."u8, Source.Accessed, Source.Modified), SourcePath);
        }
    }
}
