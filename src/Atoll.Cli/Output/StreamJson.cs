namespace Atoll.Cli.Output;

/// <summary>
/// A line of <c>run</c> and <c>exec</c> under <c>--json</c>: <c>started</c> (sandbox, pid), <c>stdout</c>, <c>stderr</c>, <c>terminal</c> (offset, data),
/// <c>lost</c> (lostBytes), at the end <c>exit</c> (exitCode, signal, timedOut), and after it, where that was asked for, <c>timing</c> (createMs, execMs). Fields that do not belong to a type are left out.
/// </summary>
internal sealed record StreamJson(string Type)
{
    public string? Sandbox { get; init; }

    public int? Pid { get; init; }

    public long? Offset { get; init; }

    public string? Data { get; init; }

    public long? LostBytes { get; init; }

    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public bool? TimedOut { get; init; }

    public double? CreateMs { get; init; }

    public double? ExecMs { get; init; }
}
