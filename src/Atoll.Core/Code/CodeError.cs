using System.Collections.Immutable;

namespace Atoll.Core.Code;

/// <summary>The code failed.</summary>
/// <param name="Name">The exception's type; <c>ExitStatus</c> for bash; <c>Timeout</c> and <c>InterpreterDied</c> are the server's own.</param>
/// <param name="Traceback">As the language prints it, from the code itself on; may be empty.</param>
/// <param name="Cut">Which of <c>value</c> and <c>traceback</c> was too much, with the bytes that it has whole as UTF-8; null for neither.</param>
public sealed record CodeError(string Name, string Value, string Traceback, ImmutableSortedDictionary<string, long>? Cut = null) : CodeEvent;
