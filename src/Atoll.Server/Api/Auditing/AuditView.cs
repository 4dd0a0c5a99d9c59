using Atoll.Core.Teams.Audit;

namespace Atoll.Server.Api.Auditing;

/// <summary>One request that changed something or wanted to: who, what, how it ended, from where. Never its contents.</summary>
/// <param name="Action">The operation's id in this document; <c>unknown</c> for a route there is not.</param>
/// <param name="Target">The id of what was changed, or the name it was asked for by.</param>
/// <param name="Status">The HTTP status of the answer; 499 for a client that went away before.</param>
/// <param name="Code">The code of the problem, if it was one.</param>
/// <param name="RemoteAddress">The other end of the connection: a proxy's, where there is one.</param>
internal sealed record AuditView(
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
    string RequestId)
{
    public static AuditView Of(AuditEntry entry) => new(
        entry.Sequence, entry.At, entry.Team, entry.KeyId, entry.UserId, entry.Action, entry.Target, entry.Status, entry.Code, entry.RemoteAddress, entry.UserAgent, entry.RequestId);
}
