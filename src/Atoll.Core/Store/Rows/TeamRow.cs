namespace Atoll.Core.Store.Rows;

internal sealed class TeamRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
