using Atoll.Server.Ingress.Addresses;
using Atoll.Server.Ingress.Secrets;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>
/// What of a request's headers a sandbox gets: the client's, without those that are for this server (keys, tokens, its cookie, everything <c>X-Atoll-</c>) or have a whole key or token of ours in them, without those that belong to one hop, and with
/// who asked for what told by this server alone.
/// </summary>
internal static class RequestCleaning
{
    private const string Ours = "X-Atoll-";
    private const string Told = "X-Forwarded-";

    // Proxy: the header that CGI programs take for an environment variable. Expect: answered by this server.
    private static readonly string[] Dropped = ["Forwarded", "X-Real-IP", "Proxy", HeaderNames.Expect, HeaderNames.Cookie, HeaderNames.Referer];
    private static readonly string[] Secrets = [HeaderNames.Authorization, "X-API-Key"];

    public static void Apply(HttpContext http, PortAddress address, HttpRequestMessage request)
    {
        var headers = request.Headers;
        var dropped = headers.NonValidated.Where(header => IsDropped(header.Key, header.Value.ToString())).Select(header => header.Key).Concat(Nominated(http)).ToList();
        foreach (var name in dropped) if (headers.NonValidated.Contains(name)) headers.Remove(name);
        if (PortCookie.Others(http) is { } cookies) headers.TryAddWithoutValidation(HeaderNames.Cookie, cookies);
        if (http.Request.Headers.Referer is [{ } referer] && OwnSecrets.RefererWithout(referer) is { } from) headers.TryAddWithoutValidation(HeaderNames.Referer, from);
        headers.TryAddWithoutValidation(Told + "For", Outside.AddressOf(http));
        headers.TryAddWithoutValidation(Told + "Proto", Outside.SchemeOf(http));
        if (http.Request.Host.Value is { Length: > 0 } host)
        {
            headers.Host = host;
            headers.TryAddWithoutValidation(Told + "Host", host);
        }

        // As it was understood here, and not as it was written.
        if (request.Content is { Headers: { } content } && content.NonValidated.Contains(HeaderNames.ContentLength)) content.ContentLength = http.Request.ContentLength;
        if (address.Prefix.Length > 0) headers.TryAddWithoutValidation(Told + "Prefix", address.Prefix);
    }

    private static bool IsDropped(string name, string value) =>
        name.StartsWith(Ours, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(Told, StringComparison.OrdinalIgnoreCase)
        || Dropped.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (Secrets.Contains(name, StringComparer.OrdinalIgnoreCase) && OwnSecrets.AreIn(value))
        || OwnSecrets.AreWholeIn(value);

    /// <summary>RFC 9110, 7.6.1: what Connection names is for this hop.</summary>
    private static IEnumerable<string> Nominated(HttpContext http) => http.Request.Headers.Connection
        .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Where(name => !name.Equals(HeaderNames.Upgrade, StringComparison.OrdinalIgnoreCase) && !name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase));
}
