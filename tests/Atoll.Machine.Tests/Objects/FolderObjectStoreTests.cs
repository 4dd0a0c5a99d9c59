using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Machine.Objects.Local;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Objects;

public sealed class FolderObjectStoreTests : ObjectStoreConformance, IDisposable
{
    private readonly Scratch _scratch = new();

    protected override IObjectStore Store => field ??= new FolderObjectStore(_scratch.PathOf("objects"), 0);

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData(".hidden")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("a\\b")]
    [InlineData("a=")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void Key_ThatIsNoPlainPath_IsNone(string text) => Assert.False(ObjectKey.TryParse(text, out _));

    [Fact]
    public async Task Put_CutShort_LeavesAHalfThatIsAbandonedAndNobodySees()
    {
        Value(await Store.PutAsync(ObjectKey.Parse("one/whole"), new OneWayStream([1]), Cancellation));
        var halves = _scratch.PathOf("objects/halves");
        foreach (var half in (string[])["one+half.0123456789abcdef", "two+half.0123456789abcdef"]) await File.WriteAllTextAsync(Path.Combine(halves, half), "half", Cancellation);
        Assert.Single(Value(await Store.ListAsync("", 10, null, Cancellation)).Objects);
        Assert.Null((await Store.AbandonAsync("one/", Cancellation)).Fault);
        Assert.Equal(["two+half.0123456789abcdef"], Directory.EnumerateFiles(halves).Select(path => Path.GetFileName(path)));
        Assert.Equal([1], await ReadAsync(ObjectKey.Parse("one/whole")));
    }

    [Fact]
    public async Task Delete_OfTheLast_LeavesNoFolders()
    {
        Value(await Store.PutAsync(ObjectKey.Parse("a/b/c"), new OneWayStream([1]), Cancellation));
        Assert.Null((await Store.DeleteAsync(ObjectKey.Parse("a/b/c"), Cancellation)).Fault);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.PathOf("objects/data")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.PathOf("objects/halves")));
    }

    [Fact]
    public async Task Put_OnAFullDisk_SaysSoAndLeavesNothing()
    {
        using TinyDisk disk = new(8);
        FolderObjectStore store = new(Path.Combine(disk.Folder, "objects"), 0);
        var fault = (await store.PutAsync(ObjectKey.Parse("large"), new OneWayStream(new byte[20 << 20]), Cancellation)).Fault;
        Assert.Equal(FaultCode.ObjectStoreFull, fault?.Code);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Folder, "objects/halves")));
        Assert.Null(Value(await store.HeadAsync(ObjectKey.Parse("large"), Cancellation)));
        FolderObjectStore careful = new(Path.Combine(disk.Folder, "objects"), 100L << 20);
        Assert.Equal(FaultCode.ObjectStoreFull, (await careful.PutAsync(ObjectKey.Parse("small"), new OneWayStream([1]), Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Put_WhereNothingCanBeWritten_SaysSo()
    {
        await File.WriteAllTextAsync(_scratch.PathOf("file"), "", Cancellation);
        FolderObjectStore store = new(_scratch.PathOf("file/objects"), 0);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.PutAsync(ObjectKey.Parse("a"), new OneWayStream([1]), Cancellation)).Fault?.Code);
    }

    public void Dispose() => _scratch.Dispose();
}
