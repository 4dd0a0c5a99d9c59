using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Atoll.Core.Sandboxes;
using Microsoft.AspNetCore.Http.Features;

namespace Atoll.Server.Ingress.Addresses;

/// <summary>
/// Reads addresses of ports from what was sent, byte for byte, and never from the path that the framework has decoded and tidied: what is decided about is what is sent on.
/// <code>
/// target = path [ "?" query ]
/// path   = "/p/" id "/" port [ "/" rest ]           path form
/// host   = port "-" id "." domain [ ":" number ]    host form, any path
/// port   = 1*5DIGIT without a leading zero, 1 to 65535
/// </code>
/// </summary>
internal static class PortAddresses
{
    private const string Start = "/p/";
    private const int LongestPort = 5;

    // Visible ASCII without the fragment's mark, which no request has.
    private static readonly SearchValues<char> Sendable = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c != '#')]);

    /// <summary>Whether a request is meant for a port, well addressed or not, and never for the API.</summary>
    public static bool IsForPort(HttpContext http, string domain) => LabelOf(http.Request.Host.Host, domain) is not null || TargetOf(http).StartsWith(Start, StringComparison.Ordinal);

    /// <summary>False for an address that can be no port's. A path that would climb out of its prefix is none.</summary>
    public static bool TryParse(HttpContext http, string domain, [NotNullWhen(true)] out PortAddress? address)
    {
        address = null;
        var target = TargetOf(http);
        if (target.Length == 0 || target[0] != '/' || target.AsSpan().ContainsAnyExcept(Sendable)) return false;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (target, "") : (target[..mark], target[mark..]);
        if (LabelOf(http.Request.Host.Host, domain) is { } label)
        {
            var dash = label.IndexOf('-', StringComparison.Ordinal);
            if (!TryParse(label[(dash + 1)..], label[..dash], out var id, out var port)) return false;
            address = new(AddressForm.Host, id, port, path, query);
            return true;
        }

        if (!path.StartsWith(Start, StringComparison.Ordinal) || Climbs(path)) return false;
        var parts = path[Start.Length..].Split('/', 3);
        if (parts.Length < 2 || !TryParse(parts[0], parts[1], out var sandbox, out var number)) return false;
        address = new(AddressForm.Path, sandbox, number, parts.Length == 3 ? "/" + parts[2] : "", query);
        return true;
    }

    private static bool TryParse(string sandbox, string number, out SandboxId id, out int port)
    {
        port = 0;
        return SandboxId.TryParse(sandbox, out id)
            && number.Length is > 0 and <= LongestPort && number[0] != '0'
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
    }

    /// <summary>The first label of a host right below the domain that begins as a port's does: digits and a dash. Other names below it are not ours to answer for.</summary>
    private static string? LabelOf(string host, string domain)
    {
        if (domain.Length == 0 || host.Length <= domain.Length + 1 || !host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) || host[^(domain.Length + 1)] != '.') return null;
        var label = host[..^(domain.Length + 1)].ToLowerInvariant();
        var digits = label.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && label[digits] == '-' ? label : null;
    }

    private static string TargetOf(HttpContext http) => http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";

    /// <summary>Whether a path has a segment <c>.</c> or <c>..</c>, also percent-encoded: no client sends one that has not been told to.</summary>
    private static bool Climbs(string path) => path.Split('/', '\\').Any(segment =>
        segment.Length is > 0 and <= 6 && segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..");
}
