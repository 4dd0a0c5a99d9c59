using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RunscWallConformance(GuestKit kit) : SandboxWallConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.GVisor;

    /// <summary>
    /// All are the sentry's own: a user namespace in its own kernel (the profile must leave clone3 open there), the environment of a process readable by the same user, and
    /// a FUSE device that speaks to itself.
    /// </summary>
    private protected override string[] Harmless => ["clone3_user 0", "placement 0", "init_environ 0", "dev_fuse 0"];

    /// <summary>What gVisor's kernel answers itself: no audit as an unknown protocol, keys as closed to users, and placement of memory, of which it takes note. It has keyctl, which stays refused.</summary>
    private protected override Dictionary<string, string> Answers => new(base.Answers) { ["netlink_audit"] = "93", ["keyctl"] = "1", ["add_key"] = "13", ["request_key"] = "13", ["placement"] = "0" };

    private protected override async Task<bool> HonoursSetuidAsync()
    {
        var flags = await HostCommand.RunAsync(["runsc", "flags"], TimeSpan.FromSeconds(10), Cancellation);
        return (flags.Output + flags.Error).Contains("-allow-suid", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernel_Inside_IsGVisor() => Assert.Contains("Starting gVisor", await Host.RunAsync("dmesg"), StringComparison.Ordinal);
}
