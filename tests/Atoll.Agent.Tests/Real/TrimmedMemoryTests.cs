using System.Globalization;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Real;

/// <summary>What an agent gives back of its memory while nobody calls must be there again, as it was, when somebody does.</summary>
public sealed class TrimmedMemoryTests : IAsyncDisposable
{
    private readonly AgentBox _box = new() { IdleTrim = TimeSpan.FromMilliseconds(1) };

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task Trim_OfTheProgram_LeavesWhatWasWrittenToIt()
    {
        await _box.InitializeAsync();
        var process = _box.ProcessId;
        var (before, resident) = (ReadOnlyMemory(process), ResidentCode(process));

        Assert.True((await _box.Processes.ExecAsync(AgentBox.Run("true"), 1024, TestContext.Current.CancellationToken)).Succeeded);
        await Eventually.HoldsAsync("the code is given back", () => Task.FromResult(ResidentCode(process) < resident / 2), TestContext.Current.CancellationToken);

        // The runtime writes to its constants as well, once, when it starts: the cookie by which each function with a buffer on its stack sees at its end that nobody wrote past it.
        var after = ReadOnlyMemory(process);
        Assert.Equal(before.Length, after.Length);
        Assert.True(before.AsSpan().SequenceEqual(after), $"Changed from byte {before.AsSpan().CommonPrefixLength(after)} on.");
    }

    /// <summary>All that is mapped from the program's file and cannot be written to.</summary>
    private static byte[] ReadOnlyMemory(int process)
    {
        using var memory = File.OpenRead($"/proc/{process}/mem");
        using var all = new MemoryStream();
        foreach (var (start, end) in Unwritable(process))
        {
            var part = new byte[end - start];
            memory.Position = start;
            memory.ReadExactly(part);
            all.Write(part);
        }

        return all.ToArray();
    }

    private static IEnumerable<(long Start, long End)> Unwritable(int process) =>
        File.ReadLines($"/proc/{process}/maps").Where(line => line.EndsWith("/.atoll/agent", StringComparison.Ordinal) && !line.Contains(" rw", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-'))
            .Select(ends => (long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

    /// <summary>In KiB.</summary>
    private static int ResidentCode(int process)
    {
        var lines = File.ReadLines($"/proc/{process}/smaps").SkipWhile(line => !line.Contains(" r-xp ", StringComparison.Ordinal) || !line.EndsWith("/.atoll/agent", StringComparison.Ordinal));
        var resident = lines.First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
        return int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
