using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Hosting;

/// <summary>
/// The port, and what a connection may cost. HTTP/1.1 only: HTTP/2 without TLS would need prior knowledge that no official client has, and WebSockets ride on 1.1.
/// </summary>
internal sealed class KestrelSetup(IOptions<ServerOptions> options) : IConfigureOptions<KestrelServerOptions>, IConfigureOptions<SocketTransportOptions>
{
    // A path of 4,095 bytes takes 12,285 when every byte is percent-encoded.
    private const int RequestLineBytes = 16 * 1024;
    private const int Headers = 64;

    public void Configure(KestrelServerOptions kestrel)
    {
        // A line ends with CR LF, and a bare LF ends none (RFC 9112, 2.2, lets a server take it; a proxy in front may not, and see another request). A switch of Kestrel's.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var limits = options.Value.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = OpenFiles.Connections(limits.Connections);
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.WebSockets;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = Headers;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
        kestrel.Limits.MaxRequestBodySize = limits.JsonBodyBytes;
        kestrel.RequestHeaderEncodingSelector = static name => name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? DigitsOnly.Instance : null;
        var slowest = new MinDataRate(limits.SlowestBytesPerSecond, TimeSpan.FromSeconds(limits.SlowSeconds));
        kestrel.Limits.MinRequestBodyDataRate = slowest;
        kestrel.Limits.MinResponseDataRate = slowest;
        var url = new Uri(options.Value.Url);
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)) kestrel.Listen(address, url.Port, Http1);
        else kestrel.Listen(IPAddress.Loopback, url.Port, Http1);
    }

    /// <summary>
    /// A request is handled by the thread of the pool that received its last byte, and the thread that has an answer sends it. The default hands each over to another thread, three
    /// times for one request: each costs two futex calls and a wake-up, 0.1 ms where the processor was idle. What blocks here blocks a thread of the pool, as it would anyway.
    /// </summary>
    public void Configure(SocketTransportOptions transport) => transport.UnsafePreferInlineScheduling = true;

    private static void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
}
