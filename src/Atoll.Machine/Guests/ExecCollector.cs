using System.Buffers;
using Atoll.Core.Guests.Processes;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>Gathers the output of an exec: at most what was asked for, whatever the agent sends.</summary>
internal sealed class ExecCollector(int maxOutputBytes)
{
    private readonly ArrayBufferWriter<byte> _stdout = new();
    private readonly ArrayBufferWriter<byte> _stderr = new();
    private bool _truncated;

    public void Add(Wire.Chunk chunk)
    {
        var room = maxOutputBytes - _stdout.WrittenCount - _stderr.WrittenCount;
        var bytes = chunk.Bytes.Span;
        if (bytes.Length > room)
        {
            bytes = bytes[..room];
            _truncated = true;
        }

        (chunk.Stream == Wire.OutputStream.Stderr ? _stderr : _stdout).Write(bytes);
    }

    public void MarkTruncated() => _truncated = true;

    public ExecResult Finish(ExitStatus status, TimeSpan duration) => new(status, _stdout.WrittenMemory, _stderr.WrittenMemory, _truncated, duration);
}
