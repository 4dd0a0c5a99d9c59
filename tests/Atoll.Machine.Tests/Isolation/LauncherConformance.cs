using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Tests.Isolation;

public sealed class LauncherConformance(GuestKit kit) : SandboxRuntimeConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;
}
