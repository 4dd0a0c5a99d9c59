using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Streams;

/// <summary>
/// A request's bytes on their way into a sandbox, counted: reading beyond the bound fails. It remembers why reading failed, because whoever reads it reports the failure
/// in the terms of its own room. Read-only; disposing leaves the source open.
/// </summary>
internal sealed class BoundedStream(Stream source, long most, string tooLarge) : Stream
{
    private long _read;

    /// <summary>What the client did wrong, once reading has failed because of it.</summary>
    public Fault? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await source.ReadAsync(buffer, cancellationToken);
            _read += count;
            if (_read > most) throw new RefusedException(HttpFaults.TooLarge(tooLarge));
            return count;
        }
        catch (RefusedException refused)
        {
            Failure = refused.Fault;
            throw;
        }
        catch (InvalidDataException)
        {
            Failure = HttpFaults.Invalid("The body is not a valid gzip stream.");
            throw new RefusedException(Failure);
        }
        catch (BadHttpRequestException bad)
        {
            Failure = bad.StatusCode is StatusCodes.Status408RequestTimeout
                ? new(FaultCode.Timeout, FaultSide.Caller, FaultStage.Request, "The body came too slowly or not at all.")
                : HttpFaults.Invalid("The body ended before its announced end.");
            throw new RefusedException(Failure);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
