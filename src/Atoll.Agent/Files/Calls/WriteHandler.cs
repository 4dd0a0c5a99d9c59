using Atoll.Agent.Calls;
using Atoll.Agent.Files.Changing;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>Takes a file's content; it is there when the end of the input came, and not before.</summary>
internal sealed class WriteHandler(AccountFiles accounts) : FileCallHandler(accounts)
{
    public override bool TakesInput => true;

    protected override async Task AnswerAsync(CallContext call, Accounts accounts)
    {
        var request = call.Call.Write;
        var options = new WriteOptions(
            request.Parents, FileCallHandlers.Mode(request.HasMode, request.Mode), FileCallHandlers.Owner(request.Owner, accounts), request.Overwrite);
        using var file = FileWriter.Open(FileCallHandlers.Parse(request.Path), options);
        while (await call.ReadInputAsync() is { } bytes) file.Write(bytes.Span);
        await call.WriteAsync(new Output { Entry = file.Commit(accounts) });
    }
}
