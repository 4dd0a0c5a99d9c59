using System.Net;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Server.Http;
using Atoll.Server.Http.Faults;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Ingress;

/// <summary>This server's own answers to requests for ports: a problem for programs, a page for people. The header tells them from a sandbox's, which cannot send it.</summary>
internal static class IngressAnswers
{
    public const string ErrorHeader = "X-Atoll-Error";

    public static Task WriteAsync(HttpContext http, Fault fault)
    {
        var response = http.Response;
        response.Clear();
        response.Headers[RequestIds.Header] = http.TraceIdentifier;
        response.Headers[ErrorHeader] = FaultStatus.CodeOf(fault.Code);
        response.Headers.CacheControl = "no-store";
        return IsForPeople(http) ? WritePageAsync(http, fault) : new FaultResult(fault).ExecuteAsync(http);
    }

    private static bool IsForPeople(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.Any(value => value?.Contains("text/html", StringComparison.OrdinalIgnoreCase) is true);

    private static async Task WritePageAsync(HttpContext http, Fault fault)
    {
        var code = FaultStatus.CodeOf(fault.Code);
        var body = Encoding.UTF8.GetBytes(
            $$$"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{{code}}}</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:15vh auto;padding:0 1em;color:#222;background:#fff}small{color:#777}
            @media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}}</style></head>
            <body><h1>{{{WebUtility.HtmlEncode(fault.Detail)}}}</h1><p>{{{WebUtility.HtmlEncode(fault.Hint)}}}</p><small>{{{code}}} · {{{http.TraceIdentifier}}}</small></body></html>
            """);
        http.Items[typeof(Problem)] = code;
        var response = http.Response;
        response.StatusCode = FaultStatus.Of(fault.Code);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}
