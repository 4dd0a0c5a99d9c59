using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;

namespace Atoll.Server.Api.Transfers;

/// <summary>
/// A long operation as server-sent events, for a client that accepts them: <c>progress</c> twice a second, then <c>done</c> with what the plain answer would be, or <c>error</c> with a problem. When a client
/// goes away, the operation is told; an export or import ends with it.
/// </summary>
internal static class TransferEvents
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    public static bool AreAskedFor(Call call) => call.Http.Request.Headers.Accept.ToString().Contains(EventStream.ContentType, StringComparison.OrdinalIgnoreCase);

    public static EventStream Stream<T>(Call call, TransferProgress progress, JsonTypeInfo<T> type, Func<CancellationToken, Task<Result<T>>> work) => Stream(call, () => progress, type, work);

    /// <param name="progress">Null while there is none.</param>
    public static EventStream Stream<T>(Call call, Func<TransferProgress?> progress, JsonTypeInfo<T> type, Func<CancellationToken, Task<Result<T>>> work) => new((events, over) => events.PumpAsync(
        RunAsync(progress, call.Get<TimeProvider>(), work, over),
        happened =>
        {
            if (happened.Done is { } done) events.Write("done", null, done, type);
            else events.Write("progress", null, happened.Progress, TransfersJson.Wire.TransferView);
        },
        over));

    private static async IAsyncEnumerable<(TransferView Progress, T? Done)> RunAsync<T>(
        Func<TransferProgress?> progress, TimeProvider time, Func<CancellationToken, Task<Result<T>>> work, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(leaving.Token);
        try
        {
            while (await Task.WhenAny(working, Task.Delay(Every, time, leaving.Token)) != working)
            {
                cancellation.ThrowIfCancellationRequested();
                if (progress() is { } now) yield return (View(now), default);
            }

            yield return (await working).TryGet(out var done, out var fault) ? (View(progress() ?? new()), done) : throw new RefusedException(fault);
        }
        finally
        {
            await leaving.CancelAsync();
            await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TransferView View(TransferProgress progress) => new(progress.DoneBytes, progress.TotalBytes);
}
