using Atoll.Core.Store.Rows;
using Atoll.Core.Teams.Audit;

namespace Atoll.Core.Store;

/// <summary>Between an audit entry and its row.</summary>
internal static class AuditRows
{
    public static AuditRow ToRow(AuditEntry entry) => new()
    {
        At = entry.At,
        Team = entry.Team,
        KeyId = entry.KeyId,
        UserId = entry.UserId,
        Action = entry.Action,
        Target = entry.Target,
        Status = entry.Status,
        Code = entry.Code,
        RemoteAddress = entry.RemoteAddress,
        UserAgent = entry.UserAgent,
        RequestId = entry.RequestId,
    };

    public static AuditEntry ToEntry(AuditRow row) => new(
        row.Sequence, row.At, row.Team, row.KeyId, row.UserId, row.Action, row.Target, row.Status, row.Code, row.RemoteAddress, row.UserAgent, row.RequestId);
}
