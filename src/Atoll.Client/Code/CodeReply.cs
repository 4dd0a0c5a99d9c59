namespace Atoll.Client.Code;

/// <summary>What code that was waited for left behind.</summary>
/// <param name="Restarted">The context's state had been lost; this was the first execution in a fresh interpreter.</param>
/// <param name="StateLost">The context's state is lost with this execution.</param>
public sealed record CodeReply(
    string Context,
    string Language,
    int ExecutionCount,
    bool Restarted,
    IReadOnlyList<CodeResultInfo> Results,
    string Stdout,
    string Stderr,
    CodeFailure? Error,
    bool TimedOut,
    bool Interrupted,
    bool StateLost,
    bool Truncated,
    double DurationMs,
    long StdoutBytes = 0,
    long StderrBytes = 0);
