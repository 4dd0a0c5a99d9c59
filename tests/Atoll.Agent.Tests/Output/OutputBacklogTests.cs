using System.Text;
using Atoll.Agent.Processes.Output;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Tests.Output;

public sealed class OutputBacklogTests
{
    [Fact]
    public void Read_MixedStreams_KeepsOrderAndOffsets()
    {
        var backlog = new OutputBacklog(4096, awaitFirst: false);
        backlog.Append(OutputStream.Stdout, "aa"u8);
        backlog.Append(OutputStream.Stderr, "b"u8);
        backlog.Append(OutputStream.Stderr, "b"u8);
        backlog.Append(OutputStream.Stdout, "c"u8);
        Assert.Equal([("aa", OutputStream.Stdout, 0), ("bb", OutputStream.Stderr, 2), ("c", OutputStream.Stdout, 4)], ReadAll(backlog, 0));
        Assert.Equal([("b", OutputStream.Stderr, 3), ("c", OutputStream.Stdout, 4)], ReadAll(backlog, 3));
        backlog.Retire();
        Assert.Empty(ReadAll(backlog, 0));
    }

    /// <summary>The host's own processes: their output is given up at their end, and what is left in their pipes comes after it.</summary>
    [Fact]
    public void Append_RetiredBeforeTheFirstOutput_KeepsItForItsFollower()
    {
        var backlog = new OutputBacklog(4096, awaitFirst: true);
        var follower = backlog.AddPacing(0);
        backlog.Retire();
        backlog.Append(OutputStream.Stdout, "late"u8);
        Assert.Equal([("late", OutputStream.Stdout, 0)], ReadAll(backlog, 0));
        backlog.RemovePacing(follower);
        Assert.Empty(ReadAll(backlog, 0));
        backlog.Append(OutputStream.Stdout, "later"u8);
        Assert.Equal(0, backlog.HeldBytes);
    }

    [Fact]
    public void Append_RandomPieces_KeepsTheNewestBytes()
    {
        var random = new Random(3);
        var backlog = new OutputBacklog(OutputBacklog.MinBytes, awaitFirst: false);
        var all = new List<byte>();
        for (var round = 0; round < 3000; round++)
        {
            var piece = new byte[random.Next(1, round % 100 == 0 ? 10_000 : 40)];
            random.NextBytes(piece);
            backlog.Append((OutputStream)random.Next(2), piece);
            all.AddRange(piece);
            var (start, end) = backlog.Range;
            Assert.Equal(all.Count, end);
            Assert.True(end - start <= OutputBacklog.MinBytes);
            var from = random.NextInt64(start, end);
            var buffer = new byte[random.Next(1, 500)];
            var read = backlog.Read(from, buffer);
            Assert.Equal(from, read.Offset);
            Assert.Equal(all.GetRange((int)from, read.Length), buffer[..read.Length]);
        }

        backlog.Retire();
    }

    [Fact]
    public void Room_PacingFollower_ShrinksAndReturns()
    {
        var backlog = new OutputBacklog(4096, awaitFirst: true);
        backlog.Append(OutputStream.Stdout, new byte[4000]);
        Assert.Equal(96, backlog.Room());
        var follower = backlog.AddPacing(0);
        Assert.Equal(96, backlog.Room());
        backlog.Advance(follower, 3000);
        Assert.Equal(3096, backlog.Room());
        backlog.RemovePacing(follower);
        Assert.Equal(4096, backlog.Room());
        backlog.Retire();
    }

    [Fact]
    public void Room_NobodyComes_IsGivenBackWhenNobodyIsAwaited()
    {
        var backlog = new OutputBacklog(4096, awaitFirst: true);
        backlog.Append(OutputStream.Stdout, new byte[4096]);
        Assert.Equal(0, backlog.Room());
        backlog.StopAwaitingFirst();
        Assert.Equal(4096, backlog.Room());
        backlog.Retire();
    }

    [Fact]
    public async Task Read_NothingThere_CompletesWhenMoreComesOrNothingEverWill()
    {
        var backlog = new OutputBacklog(4096, awaitFirst: false);
        var first = backlog.Read(0, new byte[1]);
        Assert.False(first.More.IsCompleted);
        backlog.Append(OutputStream.Stdout, "x"u8);
        await first.More.WaitAsync(TestContext.Current.CancellationToken);
        var second = backlog.Read(1, new byte[1]);
        backlog.Complete();
        await second.More.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(backlog.Read(1, new byte[1]).Complete);
        backlog.Retire();
    }

    private static List<(string Text, OutputStream Stream, long Offset)> ReadAll(OutputBacklog backlog, long offset)
    {
        var found = new List<(string, OutputStream, long)>();
        var buffer = new byte[100];
        while (backlog.Read(offset, buffer) is { Length: > 0 } read)
        {
            found.Add((Encoding.UTF8.GetString(buffer, 0, read.Length), read.Stream, read.Offset));
            offset = read.Offset + read.Length;
        }

        return found;
    }
}
