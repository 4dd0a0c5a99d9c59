using Atoll.Core.Guests.Processes;
using Atoll.Server.Http.Streams;

namespace Atoll.Server.Api.Processes;

/// <summary>
/// Turns a process's output into events. As text, a character that is cut between two pieces waits for its rest, and the event id (where to go on from) stays below it:
/// a client that goes on there may see bytes of the *other* stream again, and can tell by their offsets; it never misses one and never sees half a character.
/// </summary>
internal sealed class OutputEvents(EventWriter events, bool base64)
{
    private readonly Utf8Text _stdout = new();
    private readonly Utf8Text _stderr = new();
    private long _stdoutAt;
    private long _stderrAt;
    private long _end;

    public void Write(ProcessEvent happened)
    {
        switch (happened)
        {
            case OutputChunk chunk:
                WriteChunk(chunk);
                break;
            case OutputDropped dropped:
                FlushText();
                _end = dropped.To;
                events.Write("dropped", _end, new DroppedEvent(dropped.From, dropped.To), ProcessesJson.Wire.DroppedEvent);
                break;
            case ProcessExited exited:
                FlushText();
                events.Write("exit", _end, new ExitEvent(exited.Status.Code, exited.Status.Signal, exited.Status.TimedOut), ProcessesJson.Wire.ExitEvent);
                break;
        }
    }

    private void WriteChunk(OutputChunk chunk)
    {
        _end = chunk.End;
        if (base64)
        {
            events.Write(NameOf(chunk.Stream), _end, new OutputEvent(chunk.Offset, chunk.End, Convert.ToBase64String(chunk.Bytes.Span)), ProcessesJson.Wire.OutputEvent);
            return;
        }

        var error = chunk.Stream is OutputStream.Stderr;
        var text = error ? _stderr : _stdout;
        var from = text.Pending > 0 ? (error ? _stderrAt : _stdoutAt) : chunk.Offset;
        var decoded = text.Decode(chunk.Bytes.Span);

        // Where the waiting bytes began: if none of them came with an earlier piece, at the end of this one.
        if (text.Pending > chunk.Bytes.Length) SetPending(error, from);
        else SetPending(error, chunk.End - text.Pending);
        if (decoded.Length > 0) events.Write(NameOf(chunk.Stream), ResumeAt(), new OutputEvent(from, chunk.End - Math.Min(text.Pending, chunk.Bytes.Length), decoded), ProcessesJson.Wire.OutputEvent);
    }

    private void FlushText()
    {
        foreach (var (text, name, at) in new[] { (_stdout, "stdout", _stdoutAt), (_stderr, "stderr", _stderrAt) })
        {
            if (text.Pending == 0) continue;
            var length = text.Pending;
            events.Write(name, _end, new OutputEvent(at, at + length, text.Flush()), ProcessesJson.Wire.OutputEvent);
        }
    }

    private void SetPending(bool error, long at)
    {
        if (error) _stderrAt = at;
        else _stdoutAt = at;
    }

    private long ResumeAt() => Math.Min(_stdout.Pending > 0 ? _stdoutAt : _end, _stderr.Pending > 0 ? _stderrAt : _end);

    private static string NameOf(OutputStream stream) => stream is OutputStream.Stderr ? "stderr" : "stdout";
}
