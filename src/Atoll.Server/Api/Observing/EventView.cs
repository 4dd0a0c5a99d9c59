using Atoll.Core.Events;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Observing;

/// <summary>Something that happened to a sandbox.</summary>
/// <param name="From">The state before; null for the first.</param>
internal sealed record EventView(long Sequence, DateTimeOffset At, string Sandbox, string Type, SandboxState? From, SandboxState To, EndReason? Reason, string? Detail)
{
    public static EventView Of(SandboxEvent happened) =>
        new(happened.Sequence, happened.At, happened.Sandbox.Value, happened.Type, happened.From, happened.To, happened.Reason, happened.Detail);
}
