using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>
/// What comes out of an interpreter during one execution, as events. What was written before the code began is passed over: it is not this execution's.
/// Not thread-safe: one flow reads the output.
/// </summary>
internal sealed class ExecutionOutput
{
    // An error has two texts of at most 1 MiB each, whatever results may have; a byte takes up to six in JSON.
    private const int MaxErrorFrame = 12 * 1024 * 1024;

    // JSON around a result, and the two-byte escapes inside it.
    private const int FrameSlack = 64 * 1024;
    private readonly ExecutionLimits _limits;
    private readonly Queue<CodeEvent> _events = new();
    private readonly FrameReader _out;
    private readonly FrameReader _error;
    private readonly Decoder _outText = Encoding.UTF8.GetDecoder();
    private readonly Decoder _errorText = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _early = new();
    private long _bytes;
    private bool _outCut;
    private bool _errorCut;
    private long _resultBytes;
    private int _results;
    private bool _lost;
    private bool _errorBegun;

    public ExecutionOutput(string nonce, ExecutionLimits limits)
    {
        _limits = limits;
        var most = Math.Max(limits.ResultBytes * 2L, MaxErrorFrame) + FrameSlack;
        _out = new(nonce, (int)Math.Min(most, int.MaxValue / 2), bytes => Write(OutputStream.Stdout, bytes), bytes => Frame.Open(bytes, OnFrame));
        _error = new(nonce, FrameSlack, bytes => Write(OutputStream.Stderr, bytes), bytes => Frame.Open(bytes, OnErrorFrame));
    }

    /// <summary>0 until the code has begun.</summary>
    public int Count { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>Everything that was written to stderr has come, too.</summary>
    public bool StderrDone { get; private set; }

    /// <summary>The interpreter ends with this execution.</summary>
    public bool Exits { get; private set; }

    /// <summary>Written by the code so far, passed on or not.</summary>
    public long StdoutBytes { get; private set; }

    public long StderrBytes { get; private set; }

    public bool Truncated => _lost || _out.Lost > 0;

    public CodeError? Error { get; private set; }

    /// <summary>The end of what was written before the code began: why an interpreter could not start.</summary>
    public string Early => _early.ToString().Trim();

    public void Read(OutputChunk chunk) => (chunk.Stream is OutputStream.Stderr ? _error : _out).Read(chunk.Bytes.Span);

    public void Skip()
    {
        _lost |= Count > 0;
        _out.Skip();
        _error.Skip();
    }

    /// <summary>No more comes: what was begun of a character and never ended is no UTF-8. Where output was cut, it is the cut that halved it.</summary>
    public void Close()
    {
        if (!_outCut) Decode(OutputStream.Stdout, _outText, default, flush: true);
        if (!_errorCut) Decode(OutputStream.Stderr, _errorText, default, flush: true);
    }

    /// <summary>Hands on what has come of it so far.</summary>
    public async ValueTask MoveToAsync(ChannelWriter<CodeEvent> events, CancellationToken cancellation)
    {
        // What stderr said before stdout told of the start waits for it.
        while (Count > 0 && _events.TryDequeue(out var next)) await events.WriteAsync(next, cancellation);
    }

    public void Discard() => _events.Clear();

    private void OnErrorFrame(string type, JsonElement frame)
    {
        _errorBegun |= type == "start";
        StderrDone |= type == "end";
    }

    private void OnFrame(string type, JsonElement frame)
    {
        if (type == "start" && Count == 0)
        {
            Count = Math.Max(1, Frame.Count(frame));
            return;
        }

        if (Count == 0 || Ended) return;
        switch (type)
        {
            case "result" when Frame.Result(frame) is { } result:
                _lost |= result.Cut.Count > 0;
                Add(result);
                break;
            case "error":
                Error ??= Frame.Error(frame);
                _lost |= Error.Cut is not null;
                break;
            case "end":
                (Ended, Exits) = (true, Frame.Says(frame, "exited"));
                break;
        }
    }

    private void Add(CodeResult result)
    {
        var size = result.Texts.Values.Sum(text => (long)text.Length) + result.Values.Values.Sum(text => (long)text.Length);
        _resultBytes += size;
        if (++_results > _limits.Results || _resultBytes > _limits.ResultsBytes || size > _limits.ResultBytes) _lost = true;
        else _events.Enqueue(result);
    }

    private void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        var error = stream is OutputStream.Stderr;

        // Each stream says for itself where the code begins: which of the two is read first says nothing.
        if (error ? !_errorBegun : Count == 0)
        {
            if (error) _early.Append(Encoding.UTF8.GetString(bytes));
            if (_early.Length > 4000) _early.Remove(0, _early.Length - 2000);
            return;
        }

        if (error ? StderrDone : Ended) return;
        if (error) StderrBytes += bytes.Length;
        else StdoutBytes += bytes.Length;
        if (_limits.OutputBytes is { } most && _bytes + bytes.Length > most)
        {
            bytes = bytes[..(int)Math.Max(0, most - _bytes)];
            _lost = true;
            if (error) _errorCut = true;
            else _outCut = true;
        }

        _bytes += bytes.Length;
        if (bytes.IsEmpty) return;
        Decode(stream, error ? _errorText : _outText, bytes, flush: false);
    }

    private void Decode(OutputStream stream, Decoder decoder, ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[decoder.GetCharCount(bytes, flush)];
        decoder.GetChars(bytes, text, flush);
        if (text.Length > 0) _events.Enqueue(new CodeText(stream, new string(text)));
    }
}
