using System.Net;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>
/// How the client came, where a proxy of this host stands in front: only what comes from this host's own loopback is believed to be such a proxy. Others may say of themselves what they like.
/// </summary>
internal static class Outside
{
    private const string For = "X-Forwarded-For";
    private const string Protocol = "X-Forwarded-Proto";

    public static string SchemeOf(HttpContext http) => IsProxy(http) && http.Request.Headers[Protocol] is ["https" or "http"] said ? said.ToString() : http.Request.Scheme;

    public static string AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        var own = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
        return IsProxy(http) && http.Request.Headers[For] is { Count: > 0 } said ? $"{said}, {own}" : own;
    }

    private static bool IsProxy(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
