using Atoll.Core.Faults;

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

    public static LifecycleAction Action(FieldErrors errors, string field, LifecycleAction? asked)
    {
        var action = asked ?? LifecycleAction.Delete;
        if (!Enum.IsDefined(action)) errors.Add(field, "Must be one of: delete.");
        return action;
    }
}
