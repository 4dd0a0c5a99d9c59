using System.Net;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Server.Hosting;
using Atoll.Server.Ingress.Addresses;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>
/// Sends one request to a port of a sandbox and its answer back, as it comes. Each has a connection of its own, which nobody had before and nobody gets after: what a program inside says too much or
/// too little can only spoil its own answer, and no connection outlives a restore, a checkpoint of memory or the sandbox.
/// </summary>
internal sealed class PortForwarder(IHttpForwarder forwarder, IngressMetrics metrics, IOptions<IngressOptions> options, IHostApplicationLifetime lifetime)
{
    private const string Nowhere = "http://localhost";
    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(options.Value.QuietSeconds),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Null when an answer was sent, or nobody is there to have one; a fault when nothing of an answer has been sent.</summary>
    public async Task<Fault?> ForwardAsync(HttpContext http, PortAddress address, string query, LiveSandbox sandbox, Grant grant)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, sandbox.Ended, lifetime.ApplicationStopping, grant.Ended);
        try
        {
            var connected = await sandbox.Guest.ConnectAsync(address.Port, over.Token);
            if (!connected.TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;

            // Its address may have been given to another sandbox the moment it ended: then this is the other's connection.
            if (sandbox.Ended.IsCancellationRequested) return EndedMeanwhile;
            var sent = await SendAsync(http, address, query, connection, sandbox, over.Token);
            return sent is null ? null : grant.Reason ?? sent;
        }
        catch (OperationCanceledException)
        {
            return http.RequestAborted.IsCancellationRequested ? null : grant.Reason ?? EndedMeanwhile;
        }
    }

    private async Task<Fault?> SendAsync(HttpContext http, PortAddress address, string query, Stream connection, LiveSandbox sandbox, CancellationToken over)
    {
        using var client = new HttpMessageInvoker(Handler(new CountedStream(connection, metrics)));
        var error = await forwarder.SendAsync(http, Nowhere, client, _config, new PortTransformer(address, address.Path, query), over);
        if (error is ForwarderError.None || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested) return null;
        return error switch
        {
            // A body that came too slowly, was cut off or was too large: the client's, and its status is set.
            ForwarderError.RequestBodyClient => null,
            _ when sandbox.Ended.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested => EndedMeanwhile,
            ForwarderError.RequestTimedOut => new(
                FaultCode.Timeout, FaultSide.Guest, FaultStage.Network, $"The program on port {address.Port} did not answer within {options.Value.QuietSeconds} s.", "Ingress:QuietSeconds sets how long is waited."),
            _ => new(
                FaultCode.GuestFailure, FaultSide.Guest, FaultStage.Network, $"The program on port {address.Port} gave no proper HTTP answer.", "It must speak HTTP/1.1 without TLS; see its log."),
        };
    }

    private SocketsHttpHandler Handler(Stream connection)
    {
        Stream? once = connection;
        return new()
        {
            ConnectCallback = (_, _) => ValueTask.FromResult(Interlocked.Exchange(ref once, null) ?? throw new IOException("The one connection of this request is used up.")),
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = options.Value.AnswerHeaderKiB,
            PooledConnectionIdleTimeout = TimeSpan.Zero,
            UseCookies = false,
            UseProxy = false,
        };
    }

    private static Fault EndedMeanwhile { get; } = new(
        FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Network, "The sandbox ended, or was restored, before it had answered.", "Look at its state, then try again.");
}
