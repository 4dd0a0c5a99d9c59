using System.Globalization;
using System.Text;
using Atoll.Core.Ports;
using Atoll.Server.Http.Binding;
using Atoll.Server.Ingress.Addresses;

namespace Atoll.Server.Ingress.Secrets;

/// <summary>
/// A port's token in a browser: it comes once in the query, and from then on in a cookie of that port alone (host form: of its own host; path form: of its own path), which no script can read. The sandbox
/// sees neither.
/// </summary>
internal static class PortCookie
{
    public const string Name = "atoll_port_token";

    public static IEnumerable<string> TokensIn(HttpContext http) =>
        Pairs(http.Request.Headers.Cookie).Where(pair => IsOurs(pair)).Select(pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    /// <summary>What of a request's cookies is the sandbox's; null for nothing.</summary>
    public static string? Others(HttpContext http)
    {
        var others = string.Join("; ", Pairs(http.Request.Headers.Cookie).Where(pair => !IsOurs(pair) && !OwnSecrets.AreWholeIn(pair)));
        return others.Length == 0 ? null : others;
    }

    public static string? TokenInQuery(PortAddress address) => RawQuery.Find(address.Query, Name) is { } value && RawQuery.Decode(value) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The query without the token, and without whatever has a token or key of ours in it under another name.</summary>
    public static string QueryWithout(string query)
    {
        if (query.Length == 0) return query;
        var pairs = query[1..].Split('&');
        var rest = pairs.Where(pair => !BringsToken(pair)).ToList();
        if (rest.Count == pairs.Length) return query;
        return rest.Count == 0 ? "" : "?" + string.Join('&', rest);
    }

    /// <param name="secure">The browser came by https, and is to send it by nothing else.</param>
    public static string Header(PortAddress address, AdmittedVisit visit, DateTimeOffset now, bool secure)
    {
        var text = new StringBuilder(Name).Append('=').Append(visit.Token).Append("; Path=").Append(address.Prefix).Append('/');
        if (visit.How.ExpiresAt is { } end) text.Append("; Max-Age=").Append(((long)Math.Max(1, (end - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        if (secure) text.Append("; Secure");
        return text.Append("; HttpOnly; SameSite=Lax").ToString();
    }

    /// <summary>Whether a cookie, as <c>name=value</c> in either direction, bears our name. Names are compared as browsers keep them: apart by case, and without spaces around.</summary>
    public static bool IsOurs(ReadOnlySpan<char> pair)
    {
        var cut = pair.IndexOf('=');
        return cut >= 0 && pair[..cut].Trim().Equals(Name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool BringsToken(string pair) =>
        RawQuery.Pairs(pair).Any(read => read.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)) || OwnSecrets.AreWholeIn(pair);

    private static bool IsOurs(string pair) => IsOurs(pair.AsSpan());

    private static IEnumerable<string> Pairs(IEnumerable<string?> headers) =>
        headers.SelectMany(header => (header ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
