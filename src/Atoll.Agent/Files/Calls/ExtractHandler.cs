using Atoll.Agent.Calls;
using Atoll.Agent.Files.Changing;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tar;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Takes a tar stream; answers the number of its entries.</summary>
internal sealed class ExtractHandler(AccountFiles accounts) : FileCallHandler(accounts)
{
    public override bool TakesInput => true;

    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        var path = FileCallHandlers.Parse(call.Call.Extract.Path);
        var owner = FileCallHandlers.Owner(call.Call.Extract.Owner, accounts);
        DirectoryMaker.Run(path, parents: true, mode: null, owner, accounts);
        using var extractor = new TarExtractor(path, owner);
        while (await call.ReadInputAsync() is { } bytes) extractor.Feed(bytes.Span);
        extractor.Finish();
        await call.WriteAsync(new Output { Count = (ulong)extractor.Entries });
    }
}
