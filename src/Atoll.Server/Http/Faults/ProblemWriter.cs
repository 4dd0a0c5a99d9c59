using System.Text.Json;

namespace Atoll.Server.Http.Faults;

/// <summary>Writes a problem as the whole response. Nothing of the response may have been sent yet.</summary>
internal static class ProblemWriter
{
    public static async Task WriteAsync(HttpContext http, Problem problem)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(problem with { RequestId = http.TraceIdentifier }, ProblemJson.Wire.Problem);
        http.Items[typeof(Problem)] = problem.Code;
        var response = http.Response;
        response.StatusCode = problem.Status;
        response.ContentType = Problem.ContentType;
        response.ContentLength = body.Length;
        if (problem.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer realm=\"atoll\"";
        if (!HttpMethods.IsHead(http.Request.Method)) await response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The code of the problem that this request was answered with, for the log.</summary>
    public static string? CodeOf(HttpContext http) => http.Items[typeof(Problem)] as string;
}
