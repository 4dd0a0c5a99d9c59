using Atoll.Core.Tests.Fakes;

namespace Atoll.Core.Tests.Hosting;

public sealed class CoreSiloTests
{
    [Fact]
    public async Task Start_TwoServersInOneProcess_NeitherOpensAPort()
    {
        await using var one = await TestCore.StartAsync();
        await using var two = await TestCore.StartAsync();

        await one.CreateAsync();
        await two.CreateAsync();

        // Of this process only: other tests on the host have ports of their own.
        Assert.Empty(OwnListeners());
    }

    private static List<string> OwnListeners()
    {
        var own = Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "").Where(x => x.StartsWith("socket:[", StringComparison.Ordinal)).ToHashSet();
        const string Listening = "0A";
        return [.. File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(x => x.Length > 9 && x[3] == Listening && own.Contains($"socket:[{x[9]}]")).Select(x => x[1])];
    }
}
