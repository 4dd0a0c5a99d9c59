using System.Net;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Tests.Networking;

public sealed class SandboxNetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claim_WithAllow_ReachesTheInternetFromTheHostsAddress()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();

        Assert.Null(await Inside.ConnectAsync(slot, internet.StartTcpEcho()));
        using var udp = Inside.Udp(slot.NamespacePath);
        Assert.Null(await Inside.AskAsync(udp, internet.StartUdpEcho()));
        Assert.All(internet.Seen, seen => Assert.Equal(internet.HostAddress, seen));
    }
}
