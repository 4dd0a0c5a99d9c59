using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Hosting;

/// <summary>The addresses of ports, as the client of one request can use them.</summary>
/// <param name="origin">Scheme, host and port of this server.</param>
/// <param name="domain">Empty: none.</param>
internal sealed class PortUrls(Uri origin, string domain, DateTimeOffset now)
{
    public static PortUrls Of(HttpContext http)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<IngressOptions>>().Value;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var asked = http.Request.Host is { HasValue: true } host ? $"{http.Request.Scheme}://{host.Value}" : null;
        return new(Uri.TryCreate(options.Url ?? asked, UriKind.Absolute, out var origin) ? origin : new("http://localhost"), options.Domain, now);
    }

    /// <summary>For browsers: each port is an origin of its own. Null where there is no domain.</summary>
    public string? HostForm(SandboxId id, int port) =>
        domain.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{origin.Scheme}://{port}-{id}.{domain}{(origin.IsDefaultPort ? "" : $":{origin.Port}")}/");

    /// <summary>For programs: needs no DNS.</summary>
    public string PathForm(SandboxId id, int port) => string.Create(CultureInfo.InvariantCulture, $"{origin.GetLeftPart(UriPartial.Authority)}/p/{id}/{port}/");

    public string Of(SandboxId id, int port) => HostForm(id, port) ?? PathForm(id, port);

    /// <summary>The exposed ports of a sandbox, lowest first.</summary>
    public ImmutableArray<int> Open(Sandbox sandbox) => sandbox.Spec.Ports is { } ports ? [.. ports.Where(pair => pair.Value.IsOpen(now)).Select(pair => pair.Key).Order()] : [];

    public ImmutableDictionary<string, string> OfOpen(Sandbox sandbox) =>
        Open(sandbox).ToImmutableDictionary(port => port.ToString(CultureInfo.InvariantCulture), port => Of(sandbox.Id, port), StringComparer.Ordinal);

    public ExposedPort? Find(Sandbox sandbox, int port) => sandbox.Spec.Ports?.GetValueOrDefault(port) is { } how && how.IsOpen(now) ? how : null;
}
