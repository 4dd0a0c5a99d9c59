using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tar;
using Atoll.Agent.Protocol.Framing;

namespace Atoll.Agent.Files.Calls;

/// <summary>A tar stream, then done.</summary>
internal sealed class ArchiveHandler(AccountFiles accounts) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        var archive = new TarArchive(FileCallHandlers.Parse(call.Call.Archive.Path), accounts, call.HungUp);
        var frame = new PayloadFrame();
        foreach (var count in archive.Fill(frame.Payload)) await call.WriteFrameAsync(frame.SealOutputData(count));
        await call.DoneAsync();
    }
}
