using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Calls that answer only that they are done.</summary>
internal sealed class DoneHandler(AccountFiles accounts, Action<Call, Accounts, CancellationToken> work) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        await OnOwnThreadAsync(() =>
        {
            work(call.Call, accounts, call.HungUp);
            return true;
        });
        await call.DoneAsync();
    }
}
