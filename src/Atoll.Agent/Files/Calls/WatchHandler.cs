using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Watching;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Changes, until the host closes or what is watched goes away. A host that does not read fills the kernel's queue, which then tells that it overflowed.</summary>
internal sealed class WatchHandler(AccountFiles accounts) : FileCallHandler(accounts)
{
    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        var request = call.Call.Watch;
        var path = FileCallHandlers.Parse(request.Path);
        using var watcher = await OnOwnThreadAsync(() => Watcher.Start(path, request.Recursive, accounts));
        using var stop = call.HungUp.Register(watcher.Stop);

        // It waits in poll(2), and for a host that reads slowly: one thread for as long as the watch lasts.
        await OnOwnThreadAsync(() =>
        {
            foreach (var change in watcher.Run()) call.WriteAsync(new Output { Change = change }).AsTask().GetAwaiter().GetResult();
            return true;
        });
        await call.DoneAsync();
    }
}
