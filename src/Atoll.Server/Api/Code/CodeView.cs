using System.Collections.Immutable;
using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>What code that was waited for left behind.</summary>
/// <param name="Context">The id of the context it ran in.</param>
/// <param name="ExecutionCount">Counts from 1 in each interpreter.</param>
/// <param name="Restarted">The context's interpreter had ended, and its state with it; this was the first execution in a fresh one.</param>
/// <param name="Error">Null when the code did not fail.</param>
/// <param name="StateLost">The interpreter is gone and its state with it; the next execution starts a fresh one.</param>
/// <param name="Truncated">Output, results or parts of them were thrown away because they were too much.</param>
/// <param name="StdoutBytes">What was written to stdout, also what was thrown away.</param>
internal sealed record CodeView(
    string Context,
    CodeLanguage Language,
    int ExecutionCount,
    bool Restarted,
    ImmutableArray<CodeResultView> Results,
    string Stdout,
    string Stderr,
    CodeErrorView? Error,
    bool TimedOut,
    bool Interrupted,
    bool StateLost,
    bool Truncated,
    long StdoutBytes,
    long StderrBytes,
    double DurationMs);
