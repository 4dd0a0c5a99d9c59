namespace Atoll.Bench.Http;

/// <summary>How a command ended.</summary>
/// <param name="DurationMs">From the server's call into the sandbox to its end, by the server's clock; what a client saw beyond it is the server's own, the connection's and the client's.</param>
internal sealed record Exec(int ExitCode, string Stdout, string Stderr, double DurationMs);
