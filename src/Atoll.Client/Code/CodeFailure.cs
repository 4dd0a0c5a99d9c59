namespace Atoll.Client.Code;

/// <summary>How the code failed: an exception's type, <c>ExitStatus</c> for bash, <c>Interrupted</c>, <c>Timeout</c> or <c>InterpreterDied</c>.</summary>
public sealed record CodeFailure(string Name, string Value, string Traceback, IReadOnlyDictionary<string, long>? Cut = null);
