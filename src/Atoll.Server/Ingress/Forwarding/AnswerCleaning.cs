using Atoll.Server.Http;
using Atoll.Server.Ingress.Addresses;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>
/// What of an answer's headers a client gets. An answer speaks for its own address alone: it cannot set cookies beyond it, claim to be this server, or change how a browser treats the whole origin, which in
/// the path form is the API's and every other port's. There, a document is also taken out of the origin: see docs/security.md.
/// </summary>
internal static class AnswerCleaning
{
    /// <summary>Without <c>allow-same-origin</c>: the document's origin is none, so that it reads no other port, no storage and no cookie, and cannot register a service worker.</summary>
    public const string Isolation = "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads allow-pointer-lock";

    private const string Ours = "X-Atoll-";

    // What says something about more than the one answer.
    private static readonly string[] Everywhere = [RequestIds.Header, "Clear-Site-Data", "Proxy-Authenticate"];
    private static readonly string[] OnTheApisOrigin =
    [
        HeaderNames.WWWAuthenticate, HeaderNames.StrictTransportSecurity, "Service-Worker-Allowed", "NEL", "Report-To", "Reporting-Endpoints", "Accept-CH", "Critical-CH", "Origin-Agent-Cluster",
        "Public-Key-Pins", "Public-Key-Pins-Report-Only", "Expect-CT", "Set-Login", "Activate-Storage-Access",
    ];

    /// <summary>Before they are copied.</summary>
    public static void Drop(PortAddress address, HttpResponseMessage answer)
    {
        var dropped = answer.Headers.NonValidated.Select(header => header.Key).Where(name =>
            name.StartsWith(Ours, StringComparison.OrdinalIgnoreCase)
            || Everywhere.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (address.Form is AddressForm.Path && OnTheApisOrigin.Contains(name, StringComparer.OrdinalIgnoreCase))).ToList();
        foreach (var name in dropped) answer.Headers.Remove(name);
    }

    /// <summary>After they were copied.</summary>
    public static void Rewrite(HttpContext http, PortAddress address)
    {
        var headers = http.Response.Headers;
        if (headers.SetCookie.Count > 0) headers.SetCookie = headers.SetCookie.OfType<string>().Select(cookie => SetCookies.Rewrite(cookie, address)).OfType<string>().ToArray();
        if (address.Form is not AddressForm.Path) return;
        if (headers.Location is [{ } location]) headers.Location = Locations.Rewrite(location, address, http.Request.Host.Value);
        headers.Append(HeaderNames.ContentSecurityPolicy, Isolation);
    }
}
