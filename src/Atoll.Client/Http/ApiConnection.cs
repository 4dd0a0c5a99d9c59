using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atoll.Client.Wire;

namespace Atoll.Client.Http;

/// <summary>Sends requests with the key, and turns every way they can fail into an <see cref="AtollException"/>.</summary>
internal sealed class ApiConnection(HttpClient http, Uri url, string? apiKey, TimeProvider time)
{
    private readonly string _base = url.AbsoluteUri.TrimEnd('/');

    public TimeProvider Time => time;

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    public async Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellation, string? idempotencyKey = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), cancellation, idempotencyKey);
        return await ReadAsync(response, type, cancellation);
    }

    /// <summary>A request that says all in its path.</summary>
    public async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Post, path, null, cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    public async Task PostAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), cancellation)).Dispose();

    public async Task<T> PatchAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Patch, path, JsonContent.Create(body, bodyType), cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Delete, path, null, cancellation)).Dispose();

    /// <summary>Returns when a successful answer's headers are here; its body is still to be read. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation, string? idempotencyKey = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, _base + path) { Content = content };
        if (apiKey is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        // A refused upload is then told before its bytes are sent, not by a connection that breaks under them.
        if (content is StreamedContent) request.Headers.ExpectContinue = true;
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new AtollException("timeout", $"The server at {_base} did not answer in time.", inner: failure);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellation);
    }

    public async Task<WebSocket> OpenWebSocketAsync(string path, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        if (apiKey is not null) socket.Options.SetRequestHeader("Authorization", "Bearer " + apiKey);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            // "ws" replaces "http" and "wss" "https": the scheme's rest stays.
            await socket.ConnectAsync(new Uri("ws" + _base["http".Length..] + path), http, cancellation);
            return socket;
        }
        catch (WebSocketException failure)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            // A refused upgrade carries its reason in a body that ClientWebSocket throws away: ask again without the upgrade to learn it.
            if (status is >= 400 and < 500) (await SendAsync(HttpMethod.Get, path, null, cancellation)).Dispose();
            throw status == 0 ? Unreachable(failure) : new AtollException(AtollCodes.UnexpectedReply, $"The server answered {status} where a WebSocket was asked for.", status: status, inner: failure);
        }
        catch (Exception) when (Dispose(socket))
        {
            throw;
        }
    }

    public AtollException Lost(Exception? failure) =>
        new(AtollCodes.ConnectionLost, $"The connection to the server at {_base} broke.", "Look whether the server still runs: atoll doctor", inner: failure);

    private static bool Dispose(ClientWebSocket socket)
    {
        socket.Dispose();
        return false;
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation) ?? throw Strange(response, null);
        }
        catch (JsonException failure)
        {
            throw Strange(response, failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Lost(failure);
        }
    }

    private async Task<AtollException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        ProblemReply? problem = null;
        try
        {
            if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true)
                problem = await response.Content.ReadFromJsonAsync(WireJson.Default.ProblemReply, cancellation);
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException or IOException)
        {
            return Strange(response, failure);
        }

        var requestId = response.Headers.TryGetValues("X-Request-Id", out var ids) ? ids.FirstOrDefault() : null;
        if (problem is null && status is not (401 or 403)) return Strange(response, null);
        return new(problem?.Code ?? "unauthenticated", problem?.Detail ?? problem?.Title ?? $"The server answered {status}.", problem?.Hint, status)
        {
            Errors = problem?.ErrorTexts() ?? new Dictionary<string, IReadOnlyList<string>>(),
            RequestId = requestId,
        };
    }

    private AtollException Unreachable(Exception failure) =>
        new(AtollCodes.Unreachable, $"No Atoll server answers at {_base} ({(failure.InnerException ?? failure).Message}).", "Start it with ./start, or set ATOLL_URL to where it runs.", inner: failure);

    private AtollException Strange(HttpResponseMessage response, Exception? failure) =>
        new(AtollCodes.UnexpectedReply, $"What answers at {_base} is not an Atoll server, or not one this client knows (status {(int)response.StatusCode}).", "Check the URL, and that client and server have the same version.", (int)response.StatusCode, failure);
}
