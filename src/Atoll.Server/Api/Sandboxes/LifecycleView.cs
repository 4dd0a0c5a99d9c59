using System.Collections.Immutable;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record LifecycleView(long TimeoutSeconds, LifecycleAction OnTimeout, long IdleSeconds, LifecycleAction OnIdle, ImmutableArray<string> WakeOn)
{
    public static LifecycleView Of(LifecyclePolicy policy) => new(policy.TimeoutSeconds, policy.OnTimeout, policy.IdleSeconds, policy.OnIdle, Words(policy.WakeOn));

    private static ImmutableArray<string> Words(WakeCauses causes) =>
        [.. causes.HasFlag(WakeCauses.Api) ? (string[])["api"] : [], .. causes.HasFlag(WakeCauses.Http) ? (string[])["http"] : []];
}
