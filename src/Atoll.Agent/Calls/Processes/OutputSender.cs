using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Output;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>Sends a process's output down a connection, from an offset on.</summary>
internal sealed class OutputSender(CallContext call, ChildProcess child)
{
    /// <summary>Most processes say little: the buffer grows only for those that fill it.</summary>
    private const int InitialBytes = 8 * 1024;

    private PayloadFrame _frame = new(InitialBytes);

    public long Offset { get; private set; }

    /// <summary>Sends until the output is over, or with <paramref name="follow"/> false until there is no more now.</summary>
    /// <param name="most">Bytes beyond this offset are read and thrown away.</param>
    public async Task SendAsync(long offset, bool follow, long most)
    {
        Offset = offset;
        while (true)
        {
            var read = child.Output.Read(Offset, _frame.Payload.Span);
            if (read.Offset > Offset && Offset < most) await call.WriteAsync(Dropped(Offset, read.Offset));
            if (read.Length > 0) await SendAsync(read, most);
            else if (read.Complete || !follow) return;
            else await read.More.WaitAsync(call.HungUp);
        }
    }

    public static Output Dropped(long from, long to) => new() { Dropped = new Dropped { From = (ulong)from, To = (ulong)to } };

    private async Task SendAsync(BacklogRead read, long most)
    {
        var wanted = (int)Math.Clamp(most - read.Offset, 0, read.Length);
        if (wanted > 0) await call.WriteFrameAsync(_frame.SealChunk(read.Stream, read.Offset, wanted));
        else call.HungUp.ThrowIfCancellationRequested();
        Offset = read.Offset + read.Length;
        var size = _frame.Payload.Length;
        if (read.Length == size && size < FrameLimits.Payload) _frame = new PayloadFrame(Math.Min(size * 4, FrameLimits.Payload));
    }
}
