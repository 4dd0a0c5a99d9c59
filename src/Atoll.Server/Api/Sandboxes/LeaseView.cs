using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

/// <param name="ExpiresAt">Until when it keeps the sandbox awake.</param>
internal sealed record LeaseView(string Id, string? Name, DateTimeOffset ExpiresAt)
{
    public static LeaseView Of(KeepAwake lease) => new(lease.Id, lease.Name, lease.Until);
}
