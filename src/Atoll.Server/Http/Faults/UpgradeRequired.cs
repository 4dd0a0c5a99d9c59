namespace Atoll.Server.Http.Faults;

/// <summary>This route speaks WebSocket only, and nothing else was wrong with the request.</summary>
internal sealed class UpgradeRequired : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.Upgrade = "websocket";
        return ProblemWriter.WriteAsync(httpContext, Problem.Of(426, "upgrade_required", "This route is a WebSocket.", "See docs/protocol-attach.md."));
    }
}
