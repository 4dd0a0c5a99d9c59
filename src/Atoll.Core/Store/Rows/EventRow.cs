using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store.Rows;

internal sealed class EventRow
{
    /// <summary>Given by the database, never given twice.</summary>
    public long Sequence { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string Team { get; set; }

    public required string Sandbox { get; set; }

    public required string Type { get; set; }

    public SandboxState? From { get; set; }

    public required SandboxState To { get; set; }

    public EndReason? Reason { get; set; }

    public string? Detail { get; set; }
}
