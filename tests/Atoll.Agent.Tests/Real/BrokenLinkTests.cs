using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Linking;
using Atoll.Testing;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Tests.Real;

/// <summary>Calls whose connections are cut at random bytes, thousands of times: nothing may be lost, doubled or done twice.</summary>
public sealed class BrokenLinkTests(AgentBox box) : IClassFixture<AgentBox>, IAsyncDisposable
{
    private const int Most = 16 * 1024 * 1024;

    // A run that failed can be had again.
    private readonly int _seed = Environment.TickCount;
    private readonly List<CutLink> _links = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_seed}, cuts {_links.Sum(link => link.Cuts)}");
        foreach (var link in _links) await link.DisposeAsync();
    }

    [Fact]
    public async Task Exec_CutAtRandom_ReturnsAllOfItsOutput()
    {
        var (guest, link) = Cut(200_000);
        var expected = Lines(1, 200_000);
        for (var round = 0; round < 6; round++)
        {
            var result = (await guest.Processes.ExecAsync(AgentBox.Shell("seq 1 200000; seq 1 1000 >&2; exit 7"), Most, Cancellation)).Value;
            Assert.True(result.Stdout.Span.SequenceEqual(expected), $"seed {_seed}: {result.Stdout.Length} bytes of {expected.Length}");
            Assert.Equal((7, Lines(1, 1000).Length, false), (result.Status.Code, result.Stderr.Length, result.Truncated));
        }

        Assert.True(link.Cuts > 20, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Exec_CutWhileItIsStartedAndAnswered_IsStartedOnce()
    {
        const int Count = 600;
        var (guest, link) = Cut(500);
        var runs = Enumerable.Range(0, Count).Select(number => (Number: number, Path: "/tmp/once-" + _seed));
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (run, cancellation) =>
        {
            var result = await guest.Processes.ExecAsync(AgentBox.Shell($"echo {run.Number} >> {run.Path}; echo said {run.Number}; exit {run.Number % 100}"), Most, cancellation);
            Assert.True(result.Succeeded, $"seed {_seed}: {result.Fault}");
            Assert.Equal(($"said {run.Number}\n", run.Number % 100), (Encoding.UTF8.GetString(result.Value.Stdout.Span), result.Value.Status.Code));
        });
        var written = (await box.Processes.ExecAsync(AgentBox.Run("cat", "/tmp/once-" + _seed), Most, Cancellation)).Value;
        Assert.Equal(Enumerable.Range(0, Count), Encoding.UTF8.GetString(written.Stdout.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Order());
        Assert.True(link.Cuts > 200, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Exec_MoreThanItsBacklogWhileCut_WaitsAndLosesNothing()
    {
        var (guest, link) = Cut(1_000_000);
        const int Size = 12_000_000;
        var spec = AgentBox.Shell($"seq 1 9000000 | head -c {Size} | tee /tmp/random-{_seed}") with { BacklogBytes = 64 * 1024 };
        var result = (await guest.Processes.ExecAsync(spec, Most, Cancellation)).Value;
        var written = (await box.Processes.ExecAsync(AgentBox.Run("cat", "/tmp/random-" + _seed), Most, Cancellation)).Value;
        Assert.Equal(SHA256.HashData(written.Stdout.Span), SHA256.HashData(result.Stdout.Span));
        Assert.Equal((Size, false), (result.Stdout.Length, result.Truncated));
        Assert.True(link.Cuts > 5, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Exec_MoreOutputThanAskedAndCut_IsTruncatedAtTheSameByte()
    {
        var (guest, _) = Cut(20_000);
        var result = (await guest.Processes.ExecAsync(AgentBox.Shell("seq 1 400000"), 100_000, Cancellation)).Value;
        Assert.True(result.Stdout.Span.SequenceEqual(Lines(1, 400_000).AsSpan(0, 100_000)));
        Assert.True(result.Truncated);
    }

    [Fact]
    public async Task Follow_CutAtRandom_SeesEachByteOnceInOrder()
    {
        var (guest, link) = Cut(30_000);
        var started = (await box.Processes.StartAsync(AgentBox.Shell("for i in $(seq 1 300); do echo line $i; echo other $i >&2; sleep 0.002; done; seq 1 50000"), Cancellation)).Value;
        var direct = ReadAsync(box.Processes, started.Pid, pacing: false);
        var followers = Enumerable.Range(0, 4).Select(_ => ReadAsync(guest.Processes, started.Pid, pacing: false)).ToArray();
        var expected = await direct;
        Assert.All(await Task.WhenAll(followers), seen =>
        {
            Assert.True(expected.Bytes.SequenceEqual(seen.Bytes), $"seed {_seed}: {seen.Bytes.Length} bytes of {expected.Bytes.Length}");
            Assert.Equal(0, seen.Dropped);
        });
        Assert.True(link.Cuts > 10, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Follow_PacedAndCut_LosesNothing()
    {
        const int Size = 8_000_000;
        var (guest, link) = Cut(400_000);
        var spec = AgentBox.Shell($"seq 1 9000000 | head -c {Size} | tee /tmp/paced-{_seed}") with { Paced = true, BacklogBytes = 64 * 1024 };
        var started = (await guest.Processes.StartAsync(spec, Cancellation)).Value;
        var seen = await ReadAsync(guest.Processes, started.Pid, pacing: true);
        var written = (await box.Processes.ExecAsync(AgentBox.Run("cat", "/tmp/paced-" + _seed), Most, Cancellation)).Value;
        Assert.Equal((Size, 0L), (seen.Bytes.Length, seen.Dropped));
        Assert.Equal(SHA256.HashData(written.Stdout.Span), SHA256.HashData(seen.Bytes));
        Assert.True(link.Cuts > 5, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Follow_MoreThanIsKeptWhileCut_SaysHowMuchAndGoesOn()
    {
        var (guest, link) = Cut(long.MaxValue);
        var spec = AgentBox.Shell("seq 1 1000; read go; seq 1001 100000; read go; echo end") with { KeepStdinOpen = true, BacklogBytes = 32 * 1024 };
        var process = ProcessRef.ByPid((await box.Processes.StartAsync(spec, Cancellation)).Value.Pid);
        var seen = new Read();
        await using var output = (await guest.Processes.FollowAsync(process, 0, follow: true, pacing: false, Cancellation)).Value.GetAsyncEnumerator(Cancellation);
        while (seen.End < Lines(1, 1000).Length && await output.MoveNextAsync()) seen.Add(output.Current);

        // Whoever does not read while the connection is gone finds the rest of the backlog, and is told of what is not there any more.
        await box.Processes.WriteStdinAsync(process, null, "go\n"u8.ToArray(), end: false, Cancellation);
        await Eventually.HoldsAsync("all is written", async () => (await box.Processes.GetAsync(process, Cancellation)).Value.OutputEnd == Lines(1, 100_000).Length, Cancellation);
        link.CutAll();
        await box.Processes.WriteStdinAsync(process, null, "go\n"u8.ToArray(), end: true, Cancellation);
        while (await output.MoveNextAsync()) seen.Add(output.Current);
        var expected = Lines(1, 100_000).Concat("end\n"u8.ToArray()).ToArray();
        Assert.Equal(expected.Length, seen.Bytes.Length + seen.Dropped);
        Assert.True(expected.AsSpan()[^20_000..].SequenceEqual(seen.Bytes.AsSpan()[^20_000..]));
    }

    [Fact]
    public async Task Stdin_CutAtRandom_ArrivesOnceInOrder()
    {
        const int Rounds = 900;
        var (guest, link) = Cut(60_000);
        var started = (await guest.Processes.StartAsync(AgentBox.Shell($"cat > /tmp/stdin-{_seed}; sha256sum /tmp/stdin-{_seed}") with { KeepStdinOpen = true }, Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        var random = new Random(_seed);
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var total = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(1, round % 50 == 0 ? 20_000 : 3000)];
            random.NextBytes(bytes);
            sent.AppendData(bytes);
            total += bytes.Length;

            // By offset and appended in turns.
            var written = await guest.Processes.WriteStdinAsync(process, round % 3 == 0 ? total - bytes.Length : null, bytes, end: round == Rounds - 1, Cancellation);
            Assert.True(written.Succeeded, $"seed {_seed}: {written.Fault}");
            Assert.Equal(total, written.Value);
        }

        var seen = await ReadAsync(box.Processes, started.Pid, pacing: false);
        Assert.StartsWith(Convert.ToHexStringLower(sent.GetHashAndReset()), Encoding.UTF8.GetString(seen.Bytes));
        Assert.True(link.Cuts > 5, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Terminal_EndTypedAndSizesSetWhileCut_AreDoneOnce()
    {
        var (guest, _) = Cut(150);
        var spec = AgentBox.Shell("stty -echo; echo ready; while :; do n=0; while read line; do n=$((n+1)); done; echo end after $n of $(stty size); done") with { Terminal = new TerminalSize(80, 24) };
        var started = (await box.Processes.StartAsync(spec, Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        await Eventually.HoldsAsync("it reads", async () => (await OutputAsync(process)).Contains("ready", StringComparison.Ordinal), Cancellation);
        var said = "";
        for (var round = 1; round <= 20; round++)
        {
            Assert.True((await guest.Processes.ResizeAsync(process, new TerminalSize(100 + round, 50), Cancellation)).Succeeded);
            for (var typed = 0; typed < round % 4; typed++) Assert.True((await guest.Processes.WriteStdinAsync(process, null, "x\n"u8.ToArray(), end: false, Cancellation)).Succeeded);
            Assert.True((await guest.Processes.WriteStdinAsync(process, null, default, end: true, Cancellation)).Succeeded);
            var line = $"end after {round % 4} of 50 {100 + round}\r\n";
            if (round % 4 > 0) said += line;
            await Eventually.HoldsAsync($"it has said what it read in round {round}", async () => (await OutputAsync(process)).Contains(line, StringComparison.Ordinal), Cancellation);
        }

        // An end stays one: it is typed again while nobody writes, which this program takes for further ends with nothing before them.
        var lines = (await OutputAsync(process)).Split("\r\n").Where(line => !line.StartsWith("end after 0 ", StringComparison.Ordinal));
        Assert.EndsWith(said, string.Join("\r\n", lines));
        await box.Processes.SignalAsync(process, 9, group: true, Cancellation);
    }

    [Fact]
    public async Task Signals_Cut_ArriveOnce()
    {
        var (guest, link) = Cut(150);
        var started = (await box.Processes.StartAsync(AgentBox.Shell("n=0; trap 'n=$((n+1)); echo $n' USR1; echo ready; while :; do sleep 0.02; done"), Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        await Eventually.HoldsAsync("its handler is there", async () => await OutputAsync(process) == "ready\n", Cancellation);
        for (var count = 1; count <= 40; count++)
        {
            var signalled = await guest.Processes.SignalAsync(process, 10, group: false, Cancellation);
            Assert.True(signalled.Succeeded, $"seed {_seed}: {signalled.Fault}");
            await Eventually.HoldsAsync($"it has heard {count}", async () => (await OutputAsync(process)).EndsWith($"\n{count}\n", StringComparison.Ordinal), Cancellation);
        }

        Assert.Equal("ready\n" + Encoding.ASCII.GetString(Lines(1, 40)), await OutputAsync(process));
        Assert.True(link.Cuts > 5, $"{link.Cuts} cuts");
        await box.Processes.SignalAsync(process, 9, group: true, Cancellation);
    }

    [Fact]
    public async Task Files_ReadWhileCut_AreWhole()
    {
        var (guest, link) = Cut(1_500_000);
        await box.Processes.ExecAsync(AgentBox.Shell($"seq 1 9000000 | head -c 5000000 > /tmp/read-{_seed}"), 0, Cancellation);
        var expected = (await box.Processes.ExecAsync(AgentBox.Run("cat", "/tmp/read-" + _seed), Most, Cancellation)).Value.Stdout;
        for (var round = 0; round < 8; round++)
        {
            await using var content = (await guest.Files.ReadAsync($"/tmp/read-{_seed}", round, null, Cancellation)).Value.Bytes;
            var read = new MemoryStream();
            await content.CopyToAsync(read, Cancellation);
            Assert.True(expected.Span[round..].SequenceEqual(read.ToArray()), $"seed {_seed}");
        }

        Assert.True(link.Cuts > 10, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Files_ChangedWhileCut_AreInterruptedAndNeverMixed()
    {
        var (guest, link) = Cut(long.MaxValue);
        await box.Processes.ExecAsync(AgentBox.Shell($"head -c 30000000 /dev/zero > /tmp/mixed-{_seed}"), 0, Cancellation);
        await using var content = (await guest.Files.ReadAsync($"/tmp/mixed-{_seed}", 0, null, Cancellation)).Value.Bytes;
        await content.ReadExactlyAsync(new byte[1000], Cancellation);
        await box.Processes.ExecAsync(AgentBox.Shell($"seq 1 9000000 | head -c 30000000 > /tmp/mixed-{_seed}"), 0, Cancellation);
        link.CutAll();
        var broken = await Assert.ThrowsAsync<GuestStreamException>(() => content.CopyToAsync(Stream.Null, Cancellation));
        Assert.Equal(FaultCode.Interrupted, broken.Fault.Code);
    }

    [Fact]
    public async Task Files_WrittenWhileCut_AreOldOrNewAsTheAnswerSays()
    {
        var (guest, link) = Cut(120_000);
        var path = $"/tmp/written-{_seed}";
        var (done, interrupted) = (0, 0);
        var there = "";
        for (var round = 0; round < 60; round++)
        {
            var content = string.Concat(Enumerable.Repeat($"{round:000}\n", 15_000));
            var written = await guest.Files.WriteAsync(path, new OneWayStream(Encoding.ASCII.GetBytes(content)), new FileWriteOptions(false, null, null), Cancellation);
            if (written.Succeeded) (there, done) = (content, done + 1);
            else interrupted += written.Fault!.Code == FaultCode.Interrupted ? 1 : throw new Xunit.Sdk.XunitException(written.Fault.ToString());
            if (there.Length == 0) continue;
            var now = (await box.Processes.ExecAsync(AgentBox.Run("cat", path), Most, Cancellation)).Value.Stdout;
            Assert.True(there == Encoding.ASCII.GetString(now.Span), $"seed {_seed}, round {round}: the file is neither what was there nor what was written");
        }

        Assert.True(done > 5 && interrupted > 5, $"{done} done, {interrupted} interrupted, {link.Cuts} cuts");
    }

    [Fact]
    public async Task Files_WrittenFromWhatCanGoBack_ArriveInTheEnd()
    {
        var (guest, _) = Cut(120_000);
        for (var round = 0; round < 20; round++)
        {
            var content = RandomNumberGenerator.GetBytes(60_000);
            var written = await guest.Files.WriteAsync($"/tmp/back-{_seed}", new MemoryStream(content), new FileWriteOptions(false, null, null), Cancellation);
            Assert.True(written.Succeeded, $"seed {_seed}: {written.Fault}");
            var there = (await box.Processes.ExecAsync(AgentBox.Run("cat", $"/tmp/back-{_seed}"), Most, Cancellation)).Value.Stdout;
            Assert.True(there.Span.SequenceEqual(content));
        }
    }

    [Fact]
    public async Task Changes_Cut_AreDoneOnce()
    {
        var (guest, link) = Cut(600);
        for (var round = 0; round < 60; round++)
        {
            // Each of these fails when it is done a second time.
            var folder = $"/tmp/change-{_seed}-{round}";
            var made = await guest.Files.MakeDirectoryAsync(folder, parents: false, null, null, Cancellation);
            Assert.True(made.Succeeded, $"seed {_seed}: {made.Fault}");
            var moved = await guest.Files.MoveAsync(folder, folder + "-moved", overwrite: false, Cancellation);
            Assert.True(moved.Succeeded, $"seed {_seed}: {moved.Fault}");
            var removed = await guest.Files.RemoveAsync(folder + "-moved", recursive: false, Cancellation);
            Assert.True(removed.Succeeded, $"seed {_seed}: {removed.Fault}");
        }

        Assert.True(link.Cuts > 10, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Watch_Cut_SaysThatSomeMayBeMissingAndGoesOn()
    {
        var (guest, link) = Cut(long.MaxValue);
        var folder = $"/tmp/watched-{_seed}";
        await box.Processes.ExecAsync(AgentBox.Run("mkdir", folder), 0, Cancellation);
        await using var changes = (await guest.Files.WatchAsync(folder, recursive: true, Cancellation)).Value.GetAsyncEnumerator(Cancellation);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(FileChangeKind.Watching, changes.Current.Kind);
        link.CutAll();
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(FileChangeKind.Overflow, changes.Current.Kind);
        await box.Processes.ExecAsync(AgentBox.Run("mkdir", folder + "/new"), 0, Cancellation);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal((FileChangeKind.Created, folder + "/new"), (changes.Current.Kind, changes.Current.Path));
    }

    [Fact]
    public async Task Log_Cut_HasEachLineOnce()
    {
        var (guest, link) = Cut(1000);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var lines = (await guest.ReadLogAsync(0, follow: true, enough.Token)).Value.GetAsyncEnumerator(enough.Token);
        for (var count = 0; count < 100; count++) await box.Processes.ExecAsync(AgentBox.Run("true"), 0, Cancellation);
        long last = 0;
        for (var count = 0; count < 200; count++)
        {
            Assert.True(await lines.MoveNextAsync());
            Assert.Equal(last == 0 ? lines.Current.Sequence : last + 1, lines.Current.Sequence);
            last = lines.Current.Sequence;
        }

        Assert.True(link.Cuts > 2, $"{link.Cuts} cuts");
    }

    [Fact]
    public async Task Sleep_UnderWay_WaitsAndGoesOnAtAnotherAddress()
    {
        var (before, after) = (NewLink(() => null), NewLink(() => null));
        var link = new GuestLink(box.ClientAt(before.Start()), TimeSpan.FromSeconds(60), TimeProvider.System);
        var guest = AgentBox.At(link);
        var started = (await guest.Processes.StartAsync(AgentBox.Shell("echo begun; read go; echo gone on; exit 3") with { KeepStdinOpen = true }, Cancellation)).Value;
        var following = ReadAsync(guest.Processes, started.Pid, pacing: false);
        var exec = guest.Processes.ExecAsync(AgentBox.Shell($"while [ ! -e /tmp/woken-{_seed} ]; do sleep 0.05; done; echo woken"), Most, Cancellation);
        await Eventually.HoldsAsync("both run", async () => (await box.Processes.ListAsync(Cancellation)).Value.Count(process => process.Status is null) >= 2, Cancellation);

        link.Sleep();
        await before.DisposeAsync();
        var asked = guest.Processes.WriteStdinAsync(ProcessRef.ByPid(started.Pid), null, "go\n"u8.ToArray(), end: false, Cancellation);
        await box.Processes.ExecAsync(AgentBox.Run("touch", $"/tmp/woken-{_seed}"), 0, Cancellation);
        Assert.False(following.IsCompleted || exec.IsCompleted || asked.IsCompleted);

        link.Wake(box.ClientAt(after.Start()));
        Assert.Equal("woken\n", Encoding.UTF8.GetString((await exec).Value.Stdout.Span));
        Assert.Equal(3, (await asked).Value);
        Assert.Equal("begun\ngone on\n", Encoding.UTF8.GetString((await following).Bytes));
        Assert.Equal(new ExitStatus(3, null, false), (await following).Status);
    }

    [Fact]
    public async Task Link_BrokenAndNobodyComesBack_ProcessIsKilledAfterAWhile()
    {
        using var broken = new CancellationTokenSource();
        var exec = new Wire.Exec { Spec = new() { ShellCommand = "echo on; sleep 7654", User = "root" }, MaxOutputBytes = 100, KeptSeconds = 2 };
        await using var connection = await box.Client.CallAsync(new Wire.Call { Id = 77, Exec = exec }, Cancellation);
        connection.BreakWith(broken.Token);
        Assert.Equal("on\n", (await connection.ReadAsync(Cancellation))!.Chunk.Bytes.ToStringUtf8());
        await broken.CancelAsync();
        Assert.True(await RunsAsync("sleep 7654"), "It was killed at once.");
        await Eventually.HoldsAsync("it is killed", async () => !await RunsAsync("sleep 7654"), Cancellation);
    }

    [Fact]
    public async Task Link_NeverMended_EndsWithAFaultInTime()
    {
        var proxy = NewLink(() => null);
        var guest = AgentBox.At(new GuestLink(box.ClientAt(proxy.Start()), TimeSpan.FromSeconds(1), TimeProvider.System));
        var exec = guest.Processes.ExecAsync(AgentBox.Shell("sleep 8765"), Most, Cancellation);
        await Eventually.HoldsAsync("it runs", () => RunsAsync("sleep 8765"), Cancellation);
        await proxy.DisposeAsync();
        var fault = (await exec).Fault;
        Assert.Equal(FaultCode.AgentUnreachable, fault?.Code);
        await box.Processes.ExecAsync(AgentBox.Shell("pkill -f 'sleep 876[5]'"), 0, Cancellation);
    }

    private (AgentGuest Guest, CutLink Link) Cut(long most)
    {
        var (random, gate) = (new Random(_seed), new Lock());
        var link = NewLink(() =>
        {
            if (most == long.MaxValue) return null;
            lock (gate) return random.NextInt64(0, most);
        });
        return (AgentBox.At(box.ClientAt(link.Start())), link);
    }

    private CutLink NewLink(Func<long?> life)
    {
        var link = new CutLink(box.Endpoint, life);
        _links.Add(link);
        return link;
    }

    private async Task<bool> RunsAsync(string commandLine) =>
        (await box.Processes.ExecAsync(AgentBox.Shell($"ps -o args | grep -F '{commandLine}' | grep -v grep | grep -v 'sh -c' | grep -q ."), 0, Cancellation)).Value.Status.Code == 0;

    private async Task<string> OutputAsync(ProcessRef process)
    {
        var seen = new Read();
        await foreach (var happened in (await box.Processes.FollowAsync(process, 0, follow: false, pacing: false, Cancellation)).Value) seen.Add(happened);
        return Encoding.UTF8.GetString(seen.Bytes);
    }

    private static async Task<Read> ReadAsync(IGuestProcesses processes, int pid, bool pacing)
    {
        var seen = new Read();
        await foreach (var happened in (await processes.FollowAsync(ProcessRef.ByPid(pid), 0, follow: true, pacing, Cancellation)).Value) seen.Add(happened);
        return seen;
    }

    private static byte[] Lines(int from, int to) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(from, to - from + 1).Select(number => $"{number}\n")));

    /// <summary>What a follower was given; each byte must come at its own offset.</summary>
    private sealed class Read
    {
        private readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public long End { get; private set; }

        public long Dropped { get; private set; }

        public ExitStatus? Status { get; private set; }

        public void Add(ProcessEvent happened)
        {
            switch (happened)
            {
                case OutputChunk chunk:
                    Assert.Equal(End, chunk.Offset);
                    _bytes.AddRange(chunk.Bytes.Span);
                    End = chunk.End;
                    break;
                case OutputDropped dropped:
                    Assert.Equal(End, dropped.From);
                    (End, Dropped) = (dropped.To, Dropped + dropped.To - dropped.From);
                    break;
                case ProcessExited exited:
                    Status = exited.Status;
                    break;
            }
        }
    }

    /// <summary>A source that cannot go back, as a request's body cannot.</summary>
    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
