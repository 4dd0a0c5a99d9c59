using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Listing;

namespace Atoll.Core.Sandboxes.Requests;

internal static class QueryRules
{
    public static Result<ListCursor?> Check(SandboxQuery query)
    {
        FieldErrors errors = new();
        if (query.Limit is < 1 or > 1000) errors.Add("limit", "Must be 1 to 1000.");
        if (!query.States.IsDefaultOrEmpty && !query.States.All(Enum.IsDefined)) errors.Add("state", "Must be one of: creating, running, paused, suspended, stopped, failed, deleted.");
        ListCursor? cursor = null;
        if (query.Cursor is { } text && (cursor = ListCursor.TryParse(text)) is null) errors.Add("cursor", "This is no cursor of this list.");
        return errors.ToFault() is { } fault ? fault : cursor;
    }
}
