using Atoll.Agent.Observing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Sandbox;

internal sealed class ReadLogHandler(Journal journal) : ICallHandler
{
    private const int LinesAtOnce = 100;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.ReadLog;
        await call.WriteAsync(new Output { Accepted = new Accepted() });
        var last = request.After;
        while (true)
        {
            var (lines, more) = journal.ReadAfter(last, LinesAtOnce);
            foreach (var line in lines)
            {
                await call.WriteAsync(new Output { Log = new LogLine { Sequence = line.Sequence, UnixMilliseconds = line.UnixMilliseconds, Pid = line.Pid, Message = line.Message } });
                last = line.Sequence;
            }

            if (lines.Count > 0) continue;
            if (!request.Follow) break;
            await more.WaitAsync(call.HungUp);
        }

        await call.DoneAsync();
    }
}
