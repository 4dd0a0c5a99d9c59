using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atoll.Server.Json;

namespace Atoll.Server.Http.Streams;

/// <summary>
/// Writes server-sent events. While nothing happens, a comment goes out every 15 s, so that proxies and clients can tell a quiet stream from a dead one.
/// Not thread-safe: one flow writes.
/// </summary>
internal sealed class EventWriter(PipeWriter output, TimeProvider time)
{
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    // Events that are ready together go out together, up to this many bytes.
    private const int FlushBytes = 32 * 1024;
    private int _unflushed;

    public void Write<T>(string name, long? id, T data, JsonTypeInfo<T> type)
    {
        if (id is { } number) Text($"id: {number.ToString(CultureInfo.InvariantCulture)}\n");
        Text($"event: {name}\ndata: ");
        using (var json = new Utf8JsonWriter(output, JsonRules.WriterOptions))
        {
            JsonSerializer.Serialize(json, data, type);
            json.Flush();
            _unflushed += (int)json.BytesCommitted;
        }

        Text("\n\n");
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        _unflushed = 0;
        await output.FlushAsync(cancellation);
    }

    /// <summary>Writes every item as it comes, until the source ends or <paramref name="cancellation"/>.</summary>
    public async Task PumpAsync<T>(IAsyncEnumerable<T> source, Action<T> write, CancellationToken cancellation)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = source.GetAsyncEnumerator(reading.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = items.MoveNextAsync().AsTask();
                if (!next.IsCompleted) await KeepAliveUntilAsync(next, cancellation);
                if (!await next) break;
                write(items.Current);
                if (_unflushed > FlushBytes) await FlushAsync(cancellation);
            }

            await FlushAsync(cancellation);
        }
        finally
        {
            // An enumerator must not be disposed while it is asked for its next item.
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await items.DisposeAsync();
        }
    }

    private async Task KeepAliveUntilAsync(Task next, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (await Task.WhenAny(next, Task.Delay(KeepAlive, time, waiting.Token)) != next)
        {
            cancellation.ThrowIfCancellationRequested();
            Text(":\n\n");
            await FlushAsync(cancellation);
        }

        await waiting.CancelAsync();
    }

    private void Text(string text)
    {
        _unflushed += text.Length;
        Encoding.UTF8.GetBytes(text, output);
    }
}
