using System.Globalization;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Control;

/// <summary>The server that all floods go to, one after the other: what one of them leaves behind, the next finds. With a sandbox of each isolation that must notice nothing.</summary>
public sealed class FloodedServer : IAsyncDisposable
{
    public const int MaxLiving = 6;
    private bool _started;

    public RealServer Real { get; } = new();

    /// <summary>By isolation; filled by the first test.</summary>
    public Dictionary<string, string> Neighbours { get; } = [];

    public async Task StartAsync(CancellationToken cancellation)
    {
        Requires.Root();
        if (_started) return;
        _started = true;
        await Real.PrepareAsync(cancellation, "minimal");
        Real.Configure("ATOLL__SANDBOXES__MAXLIVING", MaxLiving.ToString(CultureInfo.InvariantCulture));
        Real.Configure("ATOLL__SERVER__LIMITS__HEADERSECONDS", "2");
        await Real.StartAsync(cancellation);
    }

    public ValueTask DisposeAsync() => Real.DisposeAsync();
}
