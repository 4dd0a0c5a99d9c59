using System.Globalization;

namespace Atoll.Server.Http.Faults;

/// <summary>The range that was asked for lies beyond the file's end.</summary>
internal sealed class RangeRefused(long size) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var text = size.ToString(CultureInfo.InvariantCulture);
        httpContext.Response.Headers.ContentRange = "bytes */" + text;
        return ProblemWriter.WriteAsync(httpContext, Problem.Of(416, "range_not_satisfiable", $"The file has {text} bytes."));
    }
}
