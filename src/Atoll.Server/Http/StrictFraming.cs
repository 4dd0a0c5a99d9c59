using Atoll.Server.Http.Faults;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Http;

/// <summary>
/// Refuses requests whose end two readers could see in different places: <c>Transfer-Encoding</c> that is anything but one <c>chunked</c>, or beside a <c>Content-Length</c> (RFC 9112, 6.1 and 6.3). Kestrel takes them by the chunks; a
/// proxy in front that goes by the length would take the rest for the next request. The connection ends with the answer. For the API and ports alike, before either reads its address.
/// </summary>
internal sealed class StrictFraming(RequestDelegate next)
{
    // What Kestrel makes of a length beside chunks.
    private const string Beside = "X-Content-Length";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.TransferEncoding.Count == 0) return next(http);
        var plain = headers.TransferEncoding is [{ } coding] && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) && !headers.ContainsKey(Beside);
        if (plain) return next(http);
        http.Response.Headers[HeaderNames.Connection] = "close";
        return new FaultResult(HttpFaults.Invalid("How long the body is must be said once: by Content-Length, or by Transfer-Encoding: chunked.")).ExecuteAsync(http);
    }
}
