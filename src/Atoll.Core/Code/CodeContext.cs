namespace Atoll.Core.Code;

/// <summary>One interpreter's state in a sandbox: what one execution defines, the next one finds.</summary>
/// <param name="Id">Given by the server; that of a language's default context is the language's word, followed by <c>@user</c> for a user who is not the sandbox's own.</param>
/// <param name="Name">Unique among the sandbox's contexts; null when none was given.</param>
/// <param name="WorkingDirectory">Where it began.</param>
/// <param name="Pid">Its interpreter inside the sandbox; null while none runs: the next execution starts one.</param>
/// <param name="Busy">An execution is running or waiting.</param>
public sealed record CodeContext(string Id, string? Name, CodeLanguage Language, string User, string WorkingDirectory, int? Pid, bool Busy);
