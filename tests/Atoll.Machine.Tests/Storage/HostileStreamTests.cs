using System.Diagnostics;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Streams;
using Atoll.Testing;
using static Atoll.Machine.Tests.Storage.StreamBuilder;

namespace Atoll.Machine.Tests.Storage;

/// <summary>Streams that no kernel wrote. Whatever they say, nothing outside the tree is touched, nothing hangs, and they are refused.</summary>
public sealed class HostileStreamTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _tree;
    private readonly string _outside;

    public HostileStreamTests()
    {
        Requires.Root();
        (_tree, _outside) = (_scratch.PathOf("tree"), _scratch.PathOf("outside"));
        Directory.CreateDirectory(_tree);
        Directory.CreateDirectory(_outside);
        File.WriteAllText(Path.Combine(_outside, "victim"), "as it was");
    }

    public void Dispose()
    {
        Clear();
        Assert.Equal(["victim"], Directory.EnumerateFileSystemEntries(_outside).Select(path => Path.GetFileName(path)));
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_outside, "victim")));
        Assert.Equal(["outside", "tree"], Directory.EnumerateFileSystemEntries(_scratch.Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("/etc/x")]
    [InlineData("..")]
    [InlineData("../outside/x")]
    [InlineData("a/../../outside/x")]
    [InlineData("a/..")]
    [InlineData("./x")]
    [InlineData(".")]
    [InlineData("a//x")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Path_ThatIsNoPlainOne_IsRefusedInEveryStep(string path)
    {
        var text = Text(path);
        foreach (var code in (StreamCode[])[StreamCode.MakeFile, StreamCode.MakeDirectory, StreamCode.MakeFifo, StreamCode.MakeSocket, StreamCode.Unlink, StreamCode.RemoveDirectory]) Refused(Tree().Step(code, (StreamField.Path, text)));
        Refused(Tree().Link(path, "target"));
        Refused(Tree().Step(StreamCode.Rename, (StreamField.Path, Text("a/f")), (StreamField.PathTo, text)));
        Refused(Tree().Step(StreamCode.Rename, (StreamField.Path, text), (StreamField.PathTo, Text("new"))));
        Refused(Tree().Step(StreamCode.Link, (StreamField.Path, Text("new")), (StreamField.PathLink, text)));
        Refused(Tree().Step(StreamCode.Link, (StreamField.Path, text), (StreamField.PathLink, Text("a/f"))));
        Refused(Tree().Write(path, 0, [1]));
        Refused(Tree().Step(StreamCode.Truncate, (StreamField.Path, text), (StreamField.Size, Number(0))));
        Refused(Clone("a/f", path, Disk));
        Refused(Clone(path, "a/f", Disk));
        Refused(Tree().Step(StreamCode.MakeNode, (StreamField.Path, text), (StreamField.Mode, Number(0x2000)), (StreamField.Device, Number(0x103))));
        if (path.Length == 0) return;
        Refused(Tree().Step(StreamCode.ChangeMode, (StreamField.Path, text), (StreamField.Mode, Number(511))));
        Refused(Tree().Step(StreamCode.ChangeOwner, (StreamField.Path, text), (StreamField.User, Number(0)), (StreamField.Group, Number(0))));
        Refused(Tree().Step(StreamCode.SetTimes, (StreamField.Path, text), (StreamField.AccessTime, Time(0, 0)), (StreamField.ModifiedTime, Time(0, 0))));
        Refused(Tree().Step(StreamCode.SetAttribute, (StreamField.Path, text), (StreamField.AttributeName, Text("user.x")), (StreamField.AttributeData, [1])));
    }

    /// <summary>The stream plants a link and goes on through it.</summary>
    [Fact]
    public void Links_ItPlanted_AreNotFollowed()
    {
        foreach (var target in (string[])[_outside, "../outside", "a", "/proc/self/root" + _outside, "/proc/self/cwd"])
        {
            Refused(Tree().Link("way", target).File("way/x"));
            Refused(Tree().Link("way", target).Step(StreamCode.Rename, (StreamField.Path, Text("a/f")), (StreamField.PathTo, Text("way/f"))));
            Refused(Tree().Link("way", target).Step(StreamCode.Link, (StreamField.Path, Text("way/f")), (StreamField.PathLink, Text("a/f"))));
            Refused(Tree().Link("way", target).Step(StreamCode.Unlink, (StreamField.Path, Text("way/victim"))));
            Refused(Tree().Link("way", target).Step(StreamCode.SetTimes, (StreamField.Path, Text("way/victim")), (StreamField.AccessTime, Time(0, 0)), (StreamField.ModifiedTime, Time(0, 0))));
        }

        var victim = Path.Combine(_outside, "victim");
        Refused(Tree().Link("file", victim).Write("file", 0, [1]));
        Refused(Tree().Link("file", victim).Step(StreamCode.Truncate, (StreamField.Path, Text("file")), (StreamField.Size, Number(0))));
        Refused(Tree().Link("file", victim).Step(StreamCode.ChangeMode, (StreamField.Path, Text("file")), (StreamField.Mode, Number(511))));
        Refused(Tree().Link("file", victim).File("file"));
        var (mode, time) = (File.GetUnixFileMode(victim), File.GetLastWriteTimeUtc(victim));
        var link = Tree().Link("file", victim)
            .Step(StreamCode.ChangeOwner, (StreamField.Path, Text("file")), (StreamField.User, Number(77)), (StreamField.Group, Number(77)))
            .Step(StreamCode.SetTimes, (StreamField.Path, Text("file")), (StreamField.AccessTime, Time(0, 0)), (StreamField.ModifiedTime, Time(0, 0)))
            .Step(StreamCode.SetAttribute, (StreamField.Path, Text("file")), (StreamField.AttributeName, Text("trusted.x")), (StreamField.AttributeData, [1]))
            .Step(StreamCode.Link, (StreamField.Path, Text("second")), (StreamField.PathLink, Text("file")));
        Taken(link);
        Assert.Equal((mode, time), (File.GetUnixFileMode(victim), File.GetLastWriteTimeUtc(victim)));
        Assert.Equal(victim, new FileInfo(Path.Combine(_tree, "second")).LinkTarget);
    }

    [Fact]
    public void Devices_BesidesThoseOfEveryDev_AreRefused()
    {
        foreach (var (mode, device) in ((ulong, ulong)[])[(0x2000, 0x101), (0x6000, 0x800), (0x6000, 0x103), (0x2000, 0x10F), (0x1000, 0), (0x8000, 0), (0, 0), (0x2000, 0xA7E), (0x2000, ulong.MaxValue)])
            Refused(Tree().Step(StreamCode.MakeNode, (StreamField.Path, Text("node")), (StreamField.Mode, Number(mode)), (StreamField.Device, Number(device))));
    }

    /// <summary>Nothing waits for the other end.</summary>
    [Fact]
    public void Write_ToWhatIsNoFile_IsRefusedAtOnce()
    {
        Refused(Tree().Step(StreamCode.MakeFifo, (StreamField.Path, Text("fifo"))).Write("fifo", 0, [1]));
        Refused(Tree().Step(StreamCode.MakeSocket, (StreamField.Path, Text("socket"))).Write("socket", 0, [1]));
        Refused(Tree().Write("a", 0, [1]));
        Refused(Tree().Write("nothing", 0, [1]));
        Refused(Tree().Write("a/f", ulong.MaxValue, [1]));
        Refused(Tree().Write("a/f", long.MaxValue, [1]));
        Refused(Tree().Write("a/f", long.MaxValue - 1, [1]));
        Refused(Tree().Write("a/f", long.MaxValue - 100, [0]));
        Refused(Tree().Step(StreamCode.Truncate, (StreamField.Path, Text("a/f")), (StreamField.Size, Number(ulong.MaxValue))));
    }

    [Fact]
    public void Form_ThatIsNotSound_IsRefused()
    {
        Refused(new StreamBuilder(2).Step(StreamCode.Subvolume, (StreamField.Uuid, Disk.ToByteArray(bigEndian: true))));
        Refused(new StreamBuilder().File("first"));
        Refused(new StreamBuilder().Step(StreamCode.Subvolume, (StreamField.Uuid, Guid.NewGuid().ToByteArray())));
        Refused(new StreamBuilder().Step(StreamCode.Snapshot, (StreamField.Uuid, Disk.ToByteArray(bigEndian: true)), (StreamField.CloneUuid, Guid.NewGuid().ToByteArray())));
        Refused(Tree().Step(StreamCode.Subvolume, (StreamField.Path, Text("x")), (StreamField.Uuid, Disk.ToByteArray(bigEndian: true))));
        Refused(Tree().Step(StreamCode.Snapshot, (StreamField.Path, Text("x"))));
        Refused(Tree().Step(StreamCode.UpdateExtent, (StreamField.Path, Text("a/f"))));
        foreach (var code in (ushort[])[0, 23, 24, 25, 99, ushort.MaxValue]) Refused(Tree().Raw(code, Field(15, Text("x"))));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, []));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, [1, 2, 3]));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, Field(15, Text("x"), length: 9)));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, [.. Field(15, Text("x")), .. Field(15, Text("y"))]));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, Field(200, Text("x"))));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, [], length: -1));
        Refused(Tree().Raw((ushort)StreamCode.MakeFile, [], length: int.MaxValue));
        Refused(Tree().Step(StreamCode.Truncate, (StreamField.Path, Text("a/f")), (StreamField.Size, [1, 2])));
        Refused(Tree().Step(StreamCode.SetTimes, (StreamField.Path, Text("a/f")), (StreamField.AccessTime, Time(0, 0x3fffffff)), (StreamField.ModifiedTime, Time(0, 0))));
        Refused(Tree().Step(StreamCode.ChangeOwner, (StreamField.Path, Text("a/f")), (StreamField.User, Number(uint.MaxValue)), (StreamField.Group, Number(0))));
        Refused(Tree().Step(StreamCode.ChangeOwner, (StreamField.Path, Text("a/f")), (StreamField.User, Number(1UL << 32)), (StreamField.Group, Number(0))));
        Refused(Tree().File(new string('n', 256)));
        Refused(Tree().File(string.Join('/', Enumerable.Repeat("abcdefg", 600))));
        Refused(Tree().Link("l", ""));
        Refused(Tree().Link("l", new string('x', 5000)));
    }

    [Fact]
    public void Clone_OfAnotherDisk_IsRefused()
    {
        Refused(Clone("a/f", "a/g", Guid.NewGuid()));
        Refused(Clone("a/f", "a/g", Guid.Empty));
    }

    [Fact]
    public void Attributes_OfTheHost_AreRefused()
    {
        foreach (var name in (string[])["security.selinux", "security.ima", "system.nfs4_acl", "btrfs.other", "user.", "user", "", "x\0y", new string('u', 300), "user." + new string('u', 300)])
            Refused(Tree().Step(StreamCode.SetAttribute, (StreamField.Path, Text("a/f")), (StreamField.AttributeName, Text(name)), (StreamField.AttributeData, [1])));
    }

    /// <summary>Any bytes at all: refused or taken, and nothing else.</summary>
    [Fact]
    public void Anything_Random_NeverDoesHarm()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 300; round++)
        {
            byte[] sound = Tree().Link("way", _outside).File("x").Write("x", 0, [1, 2, 3]).Step(StreamCode.Rename, (StreamField.Path, Text("x")), (StreamField.PathTo, Text("a/y"))).End().Bytes();
            for (var changes = random.Next(1, 6); changes > 0; changes--) sound[random.Next(sound.Length)] = (byte)random.Next(256);
            try
            {
                Apply(sound);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static StreamBuilder Tree() => Begun().Folder("a").File("a/f").Write("a/f", 0, [1, 2, 3]).File("a/g");

    private static StreamBuilder Clone(string from, string to, Guid disk) => Tree().Step(
        StreamCode.Clone, (StreamField.Path, Text(to)), (StreamField.Offset, Number(0)), (StreamField.ClonePath, Text(from)), (StreamField.CloneOffset, Number(0)), (StreamField.CloneLength, Number(0)),
        (StreamField.CloneUuid, disk.ToByteArray(bigEndian: true)));

    private void Refused(StreamBuilder stream) => Assert.Throws<InvalidDataException>(() => Apply(stream.End().Bytes()));

    private void Taken(StreamBuilder stream) => Apply(stream.End().Bytes());

    /// <summary>Not by .NET, which knows no names that are not text.</summary>
    private void Clear()
    {
        using var remove = Process.Start("rm", ["-rf", _tree]);
        remove.WaitForExit();
        Directory.CreateDirectory(_tree);
    }

    private void Apply(byte[] stream)
    {
        Clear();
        using TreeWriter tree = new(_tree);
        StreamGrammar grammar = new(Disk, null, new TreeTarget(tree, 1000));

        // In odd pieces, as it comes from a network.
        for (var at = 0; at < stream.Length; at += 7) grammar.Feed(stream.AsSpan(at, Math.Min(7, stream.Length - at)));
        grammar.End();
    }
}
