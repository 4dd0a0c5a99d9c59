namespace Atoll.Agent.Tests.Files;

/// <summary>Gives some bytes, and then an error, or nothing until it is cancelled.</summary>
internal sealed class BreakingStream(int bytes, bool waits = false) : MemoryStream
{
    private int _left = bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && waits) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        if (_left == 0) throw new IOException("The source broke off.");
        var count = Math.Min(_left, buffer.Length);
        _left -= count;
        return count;
    }
}
