using System.Text;
using Atoll.Core.Guests.Processes;

namespace Atoll.Agent.Tests.Real;

/// <summary>What a follower has seen.</summary>
internal sealed class Followed
{
    private readonly List<byte> _bytes = [];

    public string Text => Encoding.UTF8.GetString([.. _bytes]);

    public ExitStatus? Status { get; private set; }

    public long DroppedFrom { get; private set; }

    public long DroppedTo { get; private set; }

    public long Total { get; private set; }

    public void Add(ProcessEvent item)
    {
        switch (item)
        {
            case OutputChunk chunk:
                _bytes.AddRange(chunk.Bytes.Span);
                Total = chunk.End;
                break;
            case OutputDropped dropped:
                (DroppedFrom, DroppedTo) = (dropped.From, dropped.To);
                break;
            case ProcessExited exited:
                Status = exited.Status;
                break;
        }
    }
}
