namespace Atoll.Server.Api.Code;

/// <summary>How the code failed.</summary>
/// <param name="Name">The exception's type, <c>ExitStatus</c> for bash, <c>Interrupted</c>, <c>Timeout</c> or <c>InterpreterDied</c>.</param>
/// <param name="Traceback">As the language prints it; may be empty.</param>
internal sealed record CodeErrorView(string Name, string Value, string Traceback);
