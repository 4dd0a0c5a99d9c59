namespace Atoll.Core.Store.Rows;

/// <summary>An operation that has begun and not ended.</summary>
internal sealed class JournalRow
{
    public required string Operation { get; set; }

    public required string Subject { get; set; }

    public required string Data { get; set; }

    public required DateTimeOffset At { get; set; }
}
