using Atoll.Core.Sandboxes;

namespace Atoll.Server.Http.Calls;

/// <summary>What is learnt about a request while it is handled, for its log line and the audit log.</summary>
internal sealed class RequestNotes
{
    public SandboxId? Sandbox { get; set; }

    /// <summary>The id of what was made, where it is not a sandbox.</summary>
    public string? Target { get; set; }

    /// <summary>What it was, for the log and the counts, where no route of the API took it.</summary>
    public string? Route { get; set; }

    public static RequestNotes Of(HttpContext http)
    {
        if (http.Features.Get<RequestNotes>() is { } notes) return notes;
        notes = new();
        http.Features.Set(notes);
        return notes;
    }
}
