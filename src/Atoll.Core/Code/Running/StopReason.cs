namespace Atoll.Core.Code.Running;

/// <summary>Who ended an execution before its end.</summary>
internal enum StopReason
{
    None,
    Timeout,
    Call,

    /// <summary>Nobody reads its events any more.</summary>
    Abandoned,

    /// <summary>Its interpreter is taken away: the context is deleted or restarted.</summary>
    Killed,
}
