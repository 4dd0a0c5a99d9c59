using Atoll.Server.Ingress.Addresses;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>Redirections of a program that does not know its prefix: what it says is at the root of its host is below the prefix.</summary>
internal static class Locations
{
    public static string Rewrite(string location, PortAddress address, string? host)
    {
        if (location.StartsWith("//", StringComparison.Ordinal)) return location;
        if (location.StartsWith('/')) return IsBelow(location, address) ? location : address.Prefix + location;
        var own = Uri.TryCreate(location, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.Authority.Equals(host, StringComparison.OrdinalIgnoreCase);
        return own && !IsBelow(uri!.PathAndQuery, address)
            ? uri.GetLeftPart(UriPartial.Authority) + address.Prefix + uri.PathAndQuery + uri.Fragment
            : location;
    }

    // Programs that go by X-Forwarded-Prefix have put it there themselves.
    private static bool IsBelow(string path, PortAddress address) => path.StartsWith(address.Prefix + "/", StringComparison.Ordinal) || path == address.Prefix;
}
