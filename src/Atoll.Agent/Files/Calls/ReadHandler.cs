using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>The entry, then as many bytes as its length says.</summary>
internal sealed class ReadHandler(AccountFiles accounts) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        var request = call.Call.Read;
        using var file = FileReader.Open(FileCallHandlers.Parse(request.Path), request.Offset, request.HasLength ? request.Length : null, accounts);
        await call.WriteAsync(new Output { Entry = file.Entry });
        var frame = new PayloadFrame((int)Math.Clamp(file.Entry.Length, 1, FrameLimits.Payload));
        while (file.Read(frame.Payload.Span) is > 0 and var count) await call.WriteFrameAsync(frame.SealOutputData(count));
    }
}
