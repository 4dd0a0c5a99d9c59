using System.Net;
using System.Net.WebSockets;

namespace Atoll.Bench.Http;

/// <summary>The server's HTTP, as bare as .NET has it: kept-alive connections, bodies that are bytes already, no retries. Threads: any member at any time.</summary>
internal sealed class Api : IExchange, IDisposable
{
    private readonly string _base;
    private readonly string _authorization;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
    });

    public Api(string url, string key) => (_base, _authorization) = (url, "Bearer " + key);

    /// <summary>A whole exchange. Throws an <see cref="ApiFailure"/> when the answer is no success.</summary>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation)
    {
        using var content = json is null ? null : new ReadOnlyMemoryContent(json) { Headers = { { "Content-Type", "application/json" } } };
        using var response = await OpenAsync(method, path, content, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    /// <summary>An answer whose body is still to be read. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, _base + path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", _authorization);
        var response = await _http.SendAsync(request, cancellation);
        if (response.StatusCode < HttpStatusCode.MultipleChoices) return response;
        using (response)
        {
            throw new ApiFailure($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
        }
    }

    public async Task<WebSocket> OpenWebSocketAsync(string path, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", _authorization);
        await socket.ConnectAsync(new Uri("ws" + _base["http".Length..] + path), _http, cancellation);
        return socket;
    }

    /// <summary>Opens so many connections, which then wait in the pool: a client that has talked to the server before.</summary>
    public Task OpenConnectionsAsync(int count, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => SendAsync(HttpMethod.Get, "/healthz", null, cancellation)));

    public void Dispose() => _http.Dispose();
}
