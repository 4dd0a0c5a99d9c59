using System.Collections.Immutable;
using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>How the code failed.</summary>
/// <param name="Name">The exception's type, <c>ExitStatus</c> for bash, <c>Interrupted</c>, <c>Timeout</c> or <c>InterpreterDied</c>.</param>
/// <param name="Traceback">As the language prints it; may be empty.</param>
/// <param name="Cut">Which of value and traceback was too much, with the bytes that it has whole; null when both are.</param>
internal sealed record CodeErrorView(string Name, string Value, string Traceback, ImmutableSortedDictionary<string, long>? Cut)
{
    public static CodeErrorView Of(CodeError error) => new(error.Name, error.Value, error.Traceback, error.Cut);
}
