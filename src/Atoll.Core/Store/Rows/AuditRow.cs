namespace Atoll.Core.Store.Rows;

/// <summary>One request that changed something or wanted to. Refers to nothing: it outlives what it tells of.</summary>
internal sealed class AuditRow
{
    /// <summary>Given by the database, never given twice.</summary>
    public long Sequence { get; set; }

    public required DateTimeOffset At { get; set; }

    public string? Team { get; set; }

    public string? KeyId { get; set; }

    public string? UserId { get; set; }

    public required string Action { get; set; }

    public string? Target { get; set; }

    public required int Status { get; set; }

    public string? Code { get; set; }

    public string? RemoteAddress { get; set; }

    public string? UserAgent { get; set; }

    public required string RequestId { get; set; }
}
