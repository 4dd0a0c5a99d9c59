using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RuncWallConformance(GuestKit kit) : SandboxWallConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;

    private protected override ContainerLauncher Launcher => ContainerLauncher.Runc;

    /// <summary>libseccomp has no second answer for a call that is allowed by its arguments.</summary>
    private protected override Dictionary<string, string> Answers => new(base.Answers)
    {
        ["clone_user"] = "38",
        ["mknod_block"] = "38",
        ["af_packet"] = "38",
        ["af_alg"] = "38",
        ["af_vsock"] = "38",
        ["netlink_netfilter"] = "38",
        ["netlink_generic"] = "38",
    };

    [Fact]
    public async Task Audit_Socket_AnswersThatThereIsNoAudit() =>
        Assert.Contains("netlink_audit 97\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);

    [Fact]
    public async Task Clone3_Answers_ThatThereIsNone() => Assert.Contains("clone3_user 38\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);
}
