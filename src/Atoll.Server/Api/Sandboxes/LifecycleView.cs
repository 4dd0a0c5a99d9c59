using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record LifecycleView(long TimeoutSeconds, LifecycleAction OnTimeout, long IdleSeconds, LifecycleAction OnIdle);
