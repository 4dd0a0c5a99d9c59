using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Client.Code;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Code in one sandbox, run in contexts that keep its state.</summary>
public sealed class CodeClient
{
    private readonly ApiConnection _connection;
    private readonly string _sandbox;

    internal CodeClient(ApiConnection connection, string sandbox) => (_connection, _sandbox) = (connection, sandbox);

    /// <summary>Runs code and waits for all of it. Cancelling interrupts it.</summary>
    public Task<CodeReply> RunAsync(RunCode request, CancellationToken cancellation) =>
        _connection.PostAsync(At(), request, AtollRequestJson.Default.RunCode, AtollJson.Default.CodeReply, cancellation);

    /// <summary>Runs code and yields what it does as it does it. Leaving the enumeration interrupts it; a connection that breaks does too, and is an <see cref="AtollException"/>.</summary>
    public async IAsyncEnumerable<CodeHappening> StreamAsync(RunCode request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var body = JsonContent.Create(request, AtollRequestJson.Default.RunCode);
        using var response = await _connection.SendAsync(HttpMethod.Post, At(), body, cancellation, accept: "text/event-stream");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(events))
        {
            var happened = Read(events.Current);
            if (happened is not null) yield return happened;
            if (happened?.End is not null) yield break;
        }

        throw _connection.Lost(null);
    }

    public async Task<IReadOnlyList<CodeContextInfo>> ListContextsAsync(CancellationToken cancellation) =>
        (await _connection.GetAsync(At("/contexts"), AtollJson.Default.AtollPageCodeContextInfo, cancellation)).Items;

    public Task<CodeContextInfo> CreateContextAsync(CreateCodeContext request, CancellationToken cancellation) =>
        _connection.PostAsync(At("/contexts"), request, AtollRequestJson.Default.CreateCodeContext, AtollJson.Default.CodeContextInfo, cancellation);

    public Task DeleteContextAsync(string context, CancellationToken cancellation) => _connection.DeleteAsync(At(context, ""), cancellation);

    /// <summary>Interrupts what runs in a context.</summary>
    public async Task InterruptAsync(string context, CancellationToken cancellation) =>
        (await _connection.SendAsync(HttpMethod.Post, At(context, "/interrupt"), null, cancellation)).Dispose();

    /// <summary>Ends a context's interpreter, and with it its state, and starts a fresh one.</summary>
    public async Task RestartAsync(string context, CancellationToken cancellation) =>
        (await _connection.SendAsync(HttpMethod.Post, At(context, "/restart"), null, cancellation)).Dispose();

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw _connection.Lost(broken);
        }
    }

    private static CodeHappening? Read(SseItem<string> item)
    {
        try
        {
            return item.EventType switch
            {
                "start" => new() { Start = JsonSerializer.Deserialize(item.Data, AtollJson.Default.CodeStart) },
                "stdout" => new() { Stdout = JsonSerializer.Deserialize(item.Data, WireJson.Default.CodeOutput)?.Data },
                "stderr" => new() { Stderr = JsonSerializer.Deserialize(item.Data, WireJson.Default.CodeOutput)?.Data },
                "result" => new() { Result = JsonSerializer.Deserialize(item.Data, AtollJson.Default.CodeResultInfo) },
                "failed" => new() { Failed = JsonSerializer.Deserialize(item.Data, AtollJson.Default.CodeFailure) },
                "end" => new() { End = JsonSerializer.Deserialize(item.Data, AtollJson.Default.CodeEnd) },
                "error" => throw EventStream.Problem(item.Data),
                _ => null, // A later server's.
            };
        }
        catch (JsonException failure)
        {
            throw new AtollException(AtollCodes.UnexpectedReply, "The stream holds something that this client does not understand.", inner: failure);
        }
    }

    private string At(string rest = "") => Query.Sandbox(_sandbox, "/code" + rest);

    private string At(string context, string rest) => At($"/contexts/{Uri.EscapeDataString(context)}{rest}");
}
