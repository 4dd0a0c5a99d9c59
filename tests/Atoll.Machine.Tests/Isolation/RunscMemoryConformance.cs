using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RunscMemoryConformance(GuestKit kit) : SandboxMemoryConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.GVisor;
}
