using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RuncConformance(GuestKit kit) : SandboxRuntimeConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;
}
