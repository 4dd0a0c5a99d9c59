using System.Security.Cryptography;

namespace Atoll.Server.Http;

/// <summary>Gives every request an id, on its response and in the log. One that the client sends is kept if it is short and plain.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";
    private const int MaxLength = 64;

    public static IApplicationBuilder UseRequestIds(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var given = http.Request.Headers[Header];
        http.TraceIdentifier = given is [{ Length: > 0 and <= MaxLength } id] && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? id
            : "req_" + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 16);
        http.Response.Headers[Header] = http.TraceIdentifier;
        return next(http);
    });
}
