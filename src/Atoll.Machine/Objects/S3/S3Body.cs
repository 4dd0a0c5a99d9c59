using Amazon.Runtime;
using Amazon.S3.Model;

namespace Atoll.Machine.Objects.S3;

/// <summary>An object's bytes as they come. Whatever breaks is an <see cref="IOException"/>, also an answer that stands still or ends early. Read-only; one flow.</summary>
internal sealed class S3Body(GetObjectResponse response, TimeSpan patience) : Stream
{
    private long _left = response.ContentLength;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            var count = await response.ResponseStream.ReadAsync(buffer, limit.Token);
            _left -= count;
            return count > 0 || _left <= 0 || buffer.Length == 0 ? count : throw new IOException("The object store's answer ended early.");
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The object store sent nothing for {patience.TotalSeconds} s.", slow);
        }
        catch (Exception broken) when (broken is AmazonClientException or HttpRequestException)
        {
            throw new IOException(broken.Message, broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) response.Dispose();
        base.Dispose(disposing);
    }
}
