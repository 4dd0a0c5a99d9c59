using Atoll.Core.Events;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;

namespace Atoll.Core.Store;

internal static class EventRows
{
    public static SandboxEvent ToEvent(EventRow row) =>
        new(row.Sequence, row.At, new(row.Team), SandboxId.Parse(row.Sandbox), row.Type, row.From, row.To, row.Reason, row.Detail);
}
