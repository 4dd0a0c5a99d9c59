using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Calls whose answer is one entry.</summary>
internal sealed class EntryHandler(AccountFiles accounts, Func<Call, Accounts, CancellationToken, Entry> work) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        // Only these take long; a thread costs more than what the others do.
        var entry = call.Call.RequestCase is Call.RequestOneofCase.Move or Call.RequestOneofCase.Copy
            ? await OnOwnThreadAsync(() => work(call.Call, accounts, call.HungUp))
            : work(call.Call, accounts, call.HungUp);
        await call.WriteAsync(new Output { Entry = entry });
    }
}
