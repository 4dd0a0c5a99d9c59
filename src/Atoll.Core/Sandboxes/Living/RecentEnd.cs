using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Living;

internal sealed record RecentEnd(TeamId Team, EndReason? Reason, string? Detail);
