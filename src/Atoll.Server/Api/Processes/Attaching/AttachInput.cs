using System.Buffers.Binary;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>What the client sends: one message after the other, so that input keeps its order and a process that does not read holds its client back.</summary>
internal sealed class AttachInput(AttachSocket socket, IGuestProcesses processes, ProcessRef process)
{
    /// <summary>Until the client closes. Breaking the protocol throws a <see cref="RefusedException"/>; a request that fails is answered and the socket stays.</summary>
    /// <param name="over">From then on the client's close is waited for, and nothing else of it is heard.</param>
    /// <param name="cancellation">Ends the connection.</param>
    public async Task RunAsync(CancellationToken over, CancellationToken cancellation)
    {
        while (await socket.ReceiveAsync(cancellation) is { } message)
        {
            if (over.IsCancellationRequested) continue;
            if (message.Length == 0) throw new RefusedException(HttpFaults.Invalid("A message must not be empty."));
            var done = message.Span[0] switch
            {
                AttachFrames.Stdin => await WriteAsync(message[1..], cancellation),
                AttachFrames.Control => await ControlAsync(message[1..], cancellation),
                var kind => throw new RefusedException(HttpFaults.Invalid($"A message must not begin with {kind}.")),
            };
            if (done is { } fault) await socket.SendAsync(fault, cancellation);
        }
    }

    private async Task<Fault?> WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        if (frame.Length < sizeof(long)) throw new RefusedException(HttpFaults.Invalid("A stdin message must have an offset of 8 bytes."));
        var offset = BinaryPrimitives.ReadInt64BigEndian(frame.Span);
        if (offset < -1) throw new RefusedException(HttpFaults.Invalid("A stdin message's offset must be -1 or more."));
        return await WriteAsync(offset < 0 ? null : offset, frame[sizeof(long)..], end: false, cancellation);
    }

    private async Task<Fault?> WriteAsync(long? offset, ReadOnlyMemory<byte> bytes, bool end, CancellationToken cancellation)
    {
        var written = await processes.WriteStdinAsync(process, offset, bytes, end, cancellation);
        if (written.Succeeded) await socket.SendAsync(new AttachEvent("stdin") { Offset = written.Value }, cancellation);
        return written.Fault;
    }

    private async Task<Fault?> ControlAsync(ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        var control = Parse(json);
        switch (control.Type)
        {
            case "eof":
                return await WriteAsync(null, default, end: true, cancellation);
            case "resize":
                var size = new TerminalBody(control.Cols ?? 0, control.Rows ?? 0).ToSize();
                return size.Fault ?? (await processes.ResizeAsync(process, size.Value, cancellation)).Fault;
            case "signal":
                var signal = SignalName.Parse(control.Signal ?? "");
                return signal.Fault ?? (await processes.SignalAsync(process, signal.Value, control.Group ?? true, cancellation)).Fault;
            default:
                throw new RefusedException(HttpFaults.Invalid("type", "must be resize, signal or eof"));
        }
    }

    private static AttachControl Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, AttachJson.Wire.AttachControl) ?? throw new RefusedException(HttpFaults.Invalid("A control message must be an object."));
        }
        catch (JsonException mistake)
        {
            throw new RefusedException(JsonMistake.Describe(mistake));
        }
    }
}
