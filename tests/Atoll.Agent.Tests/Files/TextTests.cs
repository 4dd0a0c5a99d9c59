using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Agent.Tests.Files;

public sealed class TextTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_NameAndText_GivesLines()
    {
        host.Put("find/a.txt", "one\r\nTwo words\nthree");
        host.Put("find/deep/b.txt", "two\n");
        host.Put("find/c.bin", "two\0");
        host.PutFifo("find/fifo");
        Assert.Equal(["a.txt:0:", "deep/b.txt:0:"], await FindAsync(new("find", "*.txt", null, false, false, 10)));
        Assert.Equal(["a.txt:2:Two words"], await FindAsync(new("find", null, "Two", false, false, 10)));
        Assert.Equal(["a.txt:2:Two words", "deep/b.txt:1:two"], await FindAsync(new("find", null, "tWo", false, true, 10)));
        Assert.Equal(["a.txt:1:one", "a.txt:3:three"], await FindAsync(new("find", "a*", "^(one|th.*)$", true, false, 10)));
        Assert.Single(await FindAsync(new("find", null, "two", false, true, 1)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)")]
    [InlineData("((a{1000}){1000}){1000}")]
    public async Task Find_ExpressionThatCannotRun_IsInvalidRequest(string pattern) =>
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.FindAsync(new(host.Folder, null, pattern, true, false, 10), Cancellation));

    [Fact]
    public async Task Find_ExpressionThatBacktracksElsewhere_Ends()
    {
        host.Put("slow/file", new string('a', 100_000) + "!");
        Assert.Empty(await FindAsync(new("slow", null, "^(a+)+$", true, false, 10)));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.FindAsync(new(host.Folder, null, null, false, false, 10_001), Cancellation));
        FilesHost.Fails(FaultCode.NotADirectory, await host.Files.FindAsync(new(host.PathOf("slow/file"), null, null, false, false, 1), Cancellation));
    }

    [Fact]
    public async Task Replace_TextAndExpressions_TellEachFile()
    {
        var one = host.Put("re/one", "a.b a.b");
        var two = host.Put("re/two", "nothing");
        var folder = host.PutDirectory("re/dir");
        var done = FilesHost.Succeeds(await host.Files.ReplaceAsync(new([one, two, folder, host.PathOf("re/none")], "a.b", "$1", false), Cancellation));
        Assert.Equal([2, 0, 0, 0], done.Select(file => file.Replaced));
        Assert.Equal([null, null, FaultCode.IsADirectory, FaultCode.FileNotFound], done.Select(file => file.Fault?.Code));
        Assert.Equal("$1 $1", await File.ReadAllTextAsync(one, Cancellation));
        var matched = FilesHost.Succeeds(await host.Files.ReplaceAsync(new([two], "n(o)t", "<$1>", true), Cancellation));
        Assert.Equal(1, Assert.Single(matched).Replaced);
        Assert.Equal("<o>hing", await File.ReadAllTextAsync(two, Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ReplaceAsync(new([two], "", "x", false), Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ReplaceAsync(new([], "x", "x", false), Cancellation));
    }

    [Fact]
    public async Task Replace_ResultTooLarge_LeavesTheFile()
    {
        var path = host.Put("grow", new string('x', 1_000_000));
        var done = FilesHost.Succeeds(await host.Files.ReplaceAsync(new([path], "x", new string('y', 100), false), Cancellation));
        Assert.Equal(FaultCode.TooLarge, Assert.Single(done).Fault!.Code);
        Assert.Equal(1_000_000, new FileInfo(path).Length);
    }

    private async Task<List<string>> FindAsync(FileQuery query)
    {
        List<string> found = [];
        var folder = host.PathOf(query.Path);
        await foreach (var match in FilesHost.Succeeds(await host.Files.FindAsync(query with { Path = folder }, Cancellation)))
        {
            found.Add($"{Path.GetRelativePath(folder, match.Path)}:{match.Line}:{match.LineText}");
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
