using Atoll.Core.Faults;
using Atoll.Core.Machines;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Time limits in seconds: 0 for never, at most 2³¹−1 (68 years), fractions rounded up.</summary>
internal static class LifecycleRules
{
    public static long Seconds(FieldErrors errors, string field, double? asked, long otherwise)
    {
        if (asked is not { } seconds) return otherwise;

        // Written so that NaN fails too.
        if (seconds >= 0 && seconds <= int.MaxValue) return (long)Math.Ceiling(seconds);
        errors.Add(field, "Must be 0 (never) to 2147483647 seconds.");
        return otherwise;
    }

    /// <summary>An extension, which must be of some length.</summary>
    public static long Extension(FieldErrors errors, double asked)
    {
        if (asked > 0 && asked <= int.MaxValue) return (long)Math.Ceiling(asked);
        errors.Add("seconds", "Must be more than 0 and at most 2147483647 seconds.");
        return 0;
    }

    public static LifecycleAction Action(FieldErrors errors, string field, LifecycleAction? asked, LifecycleAction otherwise)
    {
        var action = asked ?? otherwise;
        if (!Enum.IsDefined(action)) errors.Add(field, "Must be one of: delete, stop, suspend, pause, suspend_or_stop.");
        return action;
    }

    /// <summary>What an idle sandbox becomes unless the request says: suspended where its isolation can be, else stopped. Either keeps its disk, and a call wakes it.</summary>
    public static LifecycleAction WhenIdle(MachineDescription host, IsolationKind isolation) => CannotSuspend(host, isolation) is null ? LifecycleAction.Suspend : LifecycleAction.Stop;

    /// <summary>What cannot be done here is refused now, and not when its time has come; what names a second choice can be. A policy that never applies may say anything.</summary>
    public static void Check(FieldErrors errors, LifecyclePolicy policy, MachineDescription host, IsolationKind isolation)
    {
        if ((policy.WakeOn & ~(WakeCauses.Api | WakeCauses.Http)) != 0) errors.Add("lifecycle.wakeOn", "Must be of: api, http.");
        if (CannotSuspend(host, isolation) is not { } why) return;
        var fault = SandboxFaults.CannotSuspend(isolation, why);
        if (policy is { TimeoutSeconds: > 0, OnTimeout: LifecycleAction.Suspend }) errors.Add("lifecycle.onTimeout", fault);
        if (policy is { IdleSeconds: > 0, OnIdle: LifecycleAction.Suspend }) errors.Add("lifecycle.onIdle", fault);
    }

    private static string? CannotSuspend(MachineDescription host, IsolationKind isolation) => host.Isolation.FirstOrDefault(x => x.Kind == isolation)?.MemoryMissing;
}
