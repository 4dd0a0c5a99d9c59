using Atoll.Agent.Calls;
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
        using var changes = watcher.Run().GetEnumerator();

        // The reader waits in poll(2), and so has a thread of its own while it does.
        while (await OnOwnThreadAsync(changes.MoveNext)) await call.WriteAsync(new Output { Change = changes.Current });
        await call.DoneAsync();
    }
}
