using Atoll.Server.Ingress.Addresses;
using Atoll.Server.Ingress.Secrets;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>
/// Keeps a cookie to the port that sets it: <c>name=value *( ";" attribute )</c>, of which <c>Domain</c> goes, and <c>Path</c> is put below the prefix in the path form.
/// </summary>
internal static class SetCookies
{
    private const string Domain = "Domain";
    private const string Path = "Path";

    /// <summary>Null for one that bears this server's name.</summary>
    public static string? Rewrite(string cookie, PortAddress address)
    {
        var parts = cookie.Split(';');
        if (PortCookie.IsOurs(parts[0])) return null;
        var attributes = parts[1..];
        List<string> kept = [parts[0], .. attributes.Where(part => !Is(part, Domain) && !(address.Form is AddressForm.Path && Is(part, Path)))];
        if (address.Form is not AddressForm.Path) return string.Join(';', kept);

        // Of several the last one counts in a browser.
        var asked = attributes.LastOrDefault(part => Is(part, Path))?.Split('=', 2) is [_, var value] ? value.Trim() : "";
        kept.Add($" {Path}={address.Prefix}{(asked is ['/', ..] ? asked : "/")}");
        return string.Join(';', kept);
    }

    private static bool Is(string part, string attribute) => part.Split('=', 2)[0].Trim().Equals(attribute, StringComparison.OrdinalIgnoreCase);
}
