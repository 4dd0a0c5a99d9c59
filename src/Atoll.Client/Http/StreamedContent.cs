using System.Net;

namespace Atoll.Client.Http;

/// <summary>A request body that is produced while it is sent. What its producer throws comes out of the request unchanged.</summary>
internal sealed class StreamedContent(Func<Stream, CancellationToken, Task> produce, long? length) : HttpContent
{
    /// <summary>What the producer itself threw, which is not the connection's fault.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            await produce(stream, cancellationToken);
        }
        catch (Exception failure) when (failure is not HttpRequestException)
        {
            Failure = failure;
            throw;
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
