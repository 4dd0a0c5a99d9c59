using Atoll.Core.Teams;

namespace Atoll.Core.Store.Rows;

internal sealed class UserRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public required string Name { get; set; }

    public string? Email { get; set; }

    public required UserRole Role { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
