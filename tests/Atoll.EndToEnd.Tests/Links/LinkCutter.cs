using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Atoll.EndToEnd.Tests.Links;

/// <summary>Resets all connections between the host and one sandbox's agent, again and again at random moments, as a memory checkpoint does. Counts those it met.</summary>
internal sealed partial class LinkCutter : IAsyncDisposable
{
    private const int AgentPort = 19_717;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _cutting;
    private readonly IPAddress _sandbox;
    private int _cuts;

    private LinkCutter(IPAddress sandbox, TimeSpan longest)
    {
        _sandbox = sandbox;
        _cutting = longest > TimeSpan.Zero ? CutAsync(longest) : Task.CompletedTask;
    }

    public int Cuts => Volatile.Read(ref _cuts);

    /// <param name="longest">Between two cuts at most; zero: only when told to.</param>
    public static async Task<LinkCutter> StartAsync(Api api, string sandbox, TimeSpan longest, CancellationToken cancellation)
    {
        // One of the two is in each template that tests use.
        const string Ask = "ip -4 addr show dev eth0 2>/dev/null || python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect((\"192.0.2.1\", 9)); print(\"inet\", s.getsockname()[0] + \"/\")'";
        var shown = (string)(await api.ExecAsync(sandbox, Ask, cancellation))["stdout"]!;
        return new LinkCutter(IPAddress.Parse(Address().Match(shown).Groups[1].Value), longest);
    }

    public async Task CutAsync()
    {
        var start = new ProcessStartInfo("ss", ["-H", "-K", "-t", "dst", _sandbox.ToString(), "dport", "=", $":{AgentPort}"]) { RedirectStandardOutput = true };
        using var ss = Process.Start(start)!;
        var killed = await ss.StandardOutput.ReadToEndAsync();
        await ss.WaitForExitAsync();
        Interlocked.Add(ref _cuts, killed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _cutting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task CutAsync(TimeSpan longest)
    {
        while (true)
        {
            await Task.Delay(longest * Random.Shared.NextDouble(), TimeProvider.System, _over.Token);
            await CutAsync();
        }
    }

    [GeneratedRegex(@"inet ([0-9.]+)/")]
    private static partial Regex Address();
}
