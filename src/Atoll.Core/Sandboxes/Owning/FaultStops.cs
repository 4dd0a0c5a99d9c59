using Atoll.Core.Lifetime;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>What a sandbox becomes that a fault has stopped.</summary>
internal sealed class FaultStops(IOptions<SandboxOptions> options, SteadyClock clock)
{
    public Sandbox Of(Sandbox before, SandboxFault fault) =>
        before.Faulted(fault, clock.Now, options.Value.KeepFaultedSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null);
}
