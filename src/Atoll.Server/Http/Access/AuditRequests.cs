using System.Text;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Access;

/// <summary>
/// Puts every request that changes something, or was refused while wanting to, into the audit log: when its status is known and before that is sent, so that nobody has an answer to
/// a request that the log does not know. Of the request only ids are taken, never a path, query or body. Left out is what was refused for coming too fast (the counts are in the metrics), so that a flood cannot fill the log.
/// </summary>
internal sealed class AuditRequests(RequestDelegate next, TimeProvider time)
{
    private const int MaxUserAgent = 200;
    private const int MaxTarget = 100;

    // A client that went away before its answer; as in the request log.
    private const int ClientGone = 499;

    // Begins with a GET, and types into a process.
    private const string Attach = "attachProcess";
    private const string TooFast = "rate_limited";
    private static readonly string[] TargetNames = ["key", "user", "team", "operation", "id"];

    public async Task InvokeAsync(HttpContext http, IAuditLog audit)
    {
        if (!http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }

        var at = time.GetUtcNow();
        var noted = false;
        http.Response.OnStarting(NoteAsync);
        try
        {
            await next(http);
        }
        finally
        {
            await NoteAsync();
        }

        async Task NoteAsync()
        {
            if (noted) return;
            noted = true;
            if (IsAudited(http)) await audit.AddAsync(EntryOf(http, at));
        }
    }

    private static bool IsAudited(HttpContext http)
    {
        var method = http.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        return (!reads || OperationScopes.OperationOf(http) == Attach) && ProblemWriter.CodeOf(http) != TooFast;
    }

    private static AuditEntry EntryOf(HttpContext http, DateTimeOffset at)
    {
        var caller = http.Features.Get<KeyHolder>();
        return new(
            0,
            at,
            caller?.Team.Value,
            caller?.KeyId,
            caller?.UserId,
            OperationScopes.OperationOf(http) ?? "unknown",
            TargetOf(http),
            http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted ? ClientGone : http.Response.StatusCode,
            ProblemWriter.CodeOf(http),
            http.Connection.RemoteIpAddress?.ToString(),
            Plain(http.Request.Headers.UserAgent.ToString(), MaxUserAgent),
            http.TraceIdentifier);
    }

    private static string? TargetOf(HttpContext http)
    {
        var notes = RequestNotes.Of(http);
        if ((notes.Target ?? notes.Sandbox?.Value) is { } learnt) return learnt;
        return TargetNames.Select(name => http.Request.RouteValues[name]).OfType<string>().FirstOrDefault() is { } given ? Plain(given, MaxTarget) : null;
    }

    // What a client says of itself is shown on terminals later.
    private static string? Plain(string text, int most)
    {
        if (text.Length == 0) return null;
        var plain = new StringBuilder(Math.Min(text.Length, most));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, most))) plain.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return plain.ToString();
    }
}
