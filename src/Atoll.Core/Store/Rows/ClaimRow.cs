namespace Atoll.Core.Store.Rows;

/// <summary>An idempotency key and the sandbox it made.</summary>
internal sealed class ClaimRow
{
    public required string Team { get; set; }

    public required string Key { get; set; }

    public required string RequestHash { get; set; }

    public required string Sandbox { get; set; }

    public required DateTimeOffset At { get; set; }
}
