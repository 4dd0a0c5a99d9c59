namespace Atoll.Core.Teams.Audit;

/// <summary>
/// One request that changed something or wanted to. It says that something was run or written, and in which sandbox, but never what: no body, path, command, environment or
/// output is kept, as any of them may hold a secret, and a log that outlives the sandbox by months is the wrong place for one.
/// </summary>
/// <param name="Sequence">Given by the database; 0 before.</param>
/// <param name="Team">Whose key was presented; null where none was known.</param>
/// <param name="Action">The operation's id in the API (<c>createSandbox</c>); <c>unknown</c> for a route there is not.</param>
/// <param name="Target">The id of what was changed, or the name it was asked for by.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Code">The code of the problem, if it was one.</param>
/// <param name="RemoteAddress">The connection's other end: a proxy's, where there is one.</param>
/// <param name="UserAgent">As the client says, cut to 200 characters.</param>
public sealed record AuditEntry(
    long Sequence,
    DateTimeOffset At,
    string? Team,
    string? KeyId,
    string? UserId,
    string Action,
    string? Target,
    int Status,
    string? Code,
    string? RemoteAddress,
    string? UserAgent,
    string RequestId);
