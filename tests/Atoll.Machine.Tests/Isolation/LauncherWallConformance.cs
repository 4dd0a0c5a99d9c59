using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Tests.Isolation;

public sealed class LauncherWallConformance(GuestKit kit) : SandboxWallConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;

    [Fact]
    public async Task Audit_Socket_AnswersThatThereIsNoAudit() =>
        Assert.Contains("netlink_audit 97\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);

    [Fact]
    public async Task Clone3_Answers_ThatThereIsNone() => Assert.Contains("clone3_user 38\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);
}
