using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RuncConformance(GuestKit kit) : SandboxRuntimeConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;

    private protected override ContainerLauncher Launcher => ContainerLauncher.Runc;
}
