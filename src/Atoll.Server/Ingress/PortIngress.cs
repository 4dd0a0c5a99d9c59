using Atoll.Core.Faults;
using Atoll.Core.Ports;
using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Ingress.Access;
using Atoll.Server.Ingress.Addresses;
using Atoll.Server.Ingress.Forwarding;
using Atoll.Server.Ingress.Secrets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Ingress;

/// <summary>
/// A request to a port, from its address to its answer: addressed well, let in, within the bounds, the sandbox awake and in use for as long as it goes on. It never comes near the API's routes.
/// </summary>
internal sealed class PortIngress(VisitGate gate, VisitSeats seats, PortForwarder forwarder, IngressMetrics metrics, IOptions<IngressOptions> options, TimeProvider time)
{
    private const string PathRoute = "/p/{id}/{port}/{**path}";
    private const string HostRoute = "{port}-{id}.{domain}/{**path}";

    public bool Takes(HttpContext http) => PortAddresses.IsForPort(http, options.Value.Domain);

    public async Task InvokeAsync(HttpContext http)
    {
        PortAddresses.TryParse(http, options.Value.Domain, out var address);
        RequestNotes.Of(http).Route = address?.Form is AddressForm.Host ? HostRoute : PathRoute;
        var fault = address is null || IsRefused(http, address) ? VisitGate.NothingHere : await VisitAsync(http, address);
        metrics.Ended(address?.Form, fault);
        if (fault is not null && !http.Response.HasStarted) await IngressAnswers.WriteAsync(http, fault);
    }

    // CONNECT is for proxies, TRACE would tell what was sent here. A service worker of the path form would be one for the API's origin.
    private static bool IsRefused(HttpContext http, PortAddress address) =>
        HttpMethods.IsConnect(http.Request.Method) || HttpMethods.IsTrace(http.Request.Method)
        || (address.Form is AddressForm.Path && http.Request.Headers.ContainsKey("Service-Worker"));

    private async Task<Fault?> VisitAsync(HttpContext http, PortAddress address)
    {
        if (!(await gate.AdmitAsync(http, address)).TryGet(out var visit, out var refused)) return refused;
        RequestNotes.Of(http).Sandbox = address.Id;
        var query = PortCookie.QueryWithout(address.Query);
        if (ToBrowser(http, address, visit, query)) return null;
        if (address.Path.Length == 0) address = address with { Path = "/" };
        if (TooLarge(http) is { } large) return large;
        if (!seats.Take(address.Id).TryGet(out var seat, out var full)) return full;
        using var taken = seat;
        using var held = visit.Exposure is { } exposure ? http.RequestServices.GetRequiredService<IPorts>().Open(address.Id, address.Port, exposure) : null;
        var grant = held?.Grant ?? visit.Key;
        using var end = GrantEnd.Watch(http, grant, time);

        // The one place where traffic wakes a sandbox: the request waits here for as long as that takes.
        var used = await http.RequestServices.GetRequiredService<ISandboxes>().UseAsync(visit.Team, address.Id.Value, WakeCauses.Http, http.RequestAborted);
        if (!used.TryGet(out var sandbox, out var asleep)) return visit.Exposure is null && asleep.Code is FaultCode.SandboxNotFound ? VisitGate.NothingHere : asleep;
        using (sandbox)
        {
            Prepare(http);
            return await forwarder.ForwardAsync(http, address, query, sandbox, grant);
        }
    }

    /// <summary>What a browser is told before it gets to the sandbox: to take the token as a cookie, out of its address; and to put the slash where links count from.</summary>
    private bool ToBrowser(HttpContext http, PortAddress address, Visit visit, string query)
    {
        var request = http.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        var isPage = request.Headers["Sec-Fetch-Mode"] is ["navigate"] || request.Headers.Accept.Any(value => value?.Contains("text/html", StringComparison.OrdinalIgnoreCase) is true);
        var brought = visit.Exposure is { Token: { } token } && PortCookie.TokenInQuery(address) == token;
        var toCookie = isPage && brought;
        if (!toCookie && address.Path.Length > 0) return false;

        // Two slashes would be another host's name.
        var path = address.Path.Length == 0 ? "/" : address.Path;
        http.Response.StatusCode = toCookie ? StatusCodes.Status303SeeOther : StatusCodes.Status307TemporaryRedirect;
        http.Response.Headers.Location = (address.Prefix.Length == 0 && path.StartsWith("//", StringComparison.Ordinal) ? "/." : address.Prefix) + path + (toCookie ? query : address.Query);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.ContentLength = 0;
        if (toCookie) http.Response.Headers.Append(HeaderNames.SetCookie, PortCookie.Header(address, visit.Exposure!, time.GetUtcNow(), Outside.SchemeOf(http) == "https"));
        return true;
    }

    private Fault? TooLarge(HttpContext http)
    {
        var most = options.Value.BodyBytes;
        if (http.Request.ContentLength > most) return HttpFaults.TooLarge($"The body of a request to a port may have at most {most} bytes.");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = most;
        return null;
    }

    /// <summary>Upgrades to anything but a WebSocket are not for this server to carry: the request goes on without.</summary>
    private static void Prepare(HttpContext http)
    {
        var asked = http.Request.Headers.Upgrade;
        if (asked.Count > 0 && !(asked is [{ } protocol] && protocol.Equals("websocket", StringComparison.OrdinalIgnoreCase))) http.Request.Headers.Remove(HeaderNames.Upgrade);
    }
}
