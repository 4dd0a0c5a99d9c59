using Atoll.Machine.Networking.Node;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Networking;

/// <summary>On a file that stands for the host's switch: the real one belongs to every test on this host.</summary>
public sealed class ForwardingTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Switch => _scratch.PathOf("switch");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Release_ByTheLast_PutsBackWhatWasThere(string before)
    {
        await File.WriteAllTextAsync(Switch, before, Cancellation);
        var (one, other) = (New("one"), New("other"));
        await one.AcquireAsync(TimeProvider.System, Cancellation);
        await other.AcquireAsync(TimeProvider.System, Cancellation);
        await other.AcquireAsync(TimeProvider.System, Cancellation);
        await one.ReleaseAsync(["other"], TimeProvider.System, Cancellation);
        Assert.Equal("1", await File.ReadAllTextAsync(Switch, Cancellation));

        await other.ReleaseAsync([], TimeProvider.System, Cancellation);
        Assert.Equal(before, await File.ReadAllTextAsync(Switch, Cancellation));
        Assert.False(Directory.Exists(_scratch.PathOf("users")), "its folder is left");
    }

    [Fact]
    public async Task Release_BesideOneThatVanished_DoesNotWaitForIt()
    {
        await File.WriteAllTextAsync(Switch, "0", Cancellation);
        await New("vanished").AcquireAsync(TimeProvider.System, Cancellation);
        var own = New("own");
        await own.AcquireAsync(TimeProvider.System, Cancellation);
        await own.ReleaseAsync(["own"], TimeProvider.System, Cancellation);

        Assert.Equal("0", await File.ReadAllTextAsync(Switch, Cancellation));
    }

    /// <summary>The folder and its lock go with the last and come with the first, and nobody holds a lock that is no longer there.</summary>
    [Fact]
    public async Task AcquireAndRelease_ByManyAtOnce_KeepTheSwitchOnForWhoeverIsThere()
    {
        await File.WriteAllTextAsync(Switch, "0", Cancellation);
        var there = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 6), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancellation }, async (number, cancellation) =>
        {
            var (name, one) = ($"n{number}", New($"n{number}"));
            for (var round = 0; round < 30; round++)
            {
                there[name] = true;
                await one.AcquireAsync(TimeProvider.System, cancellation);
                Assert.True(File.Exists(Path.Combine(_scratch.PathOf("users"), name)));
                there.TryRemove(name, out _);
                await one.ReleaseAsync([.. there.Keys], TimeProvider.System, cancellation);
            }
        });

        Assert.Equal("0", await File.ReadAllTextAsync(Switch, Cancellation));
        Assert.False(Directory.Exists(_scratch.PathOf("users")), "its folder is left");
    }

    private Forwarding New(string instance) => new(instance, _scratch.PathOf("users"), Switch);
}
