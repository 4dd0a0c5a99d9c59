using Atoll.Agent.Boot;
using Atoll.Agent.Calls;
using Atoll.Agent.Lending;
using Atoll.Agent.Native;

Init.HideMemory();
var boot = BootFile.TryRead(BootFile.PathBeside(Environment.ProcessPath ?? "/.atoll/agent"), out var failure);
if (boot is null) return Fail(failure!);

var childOomScore = Init.ChildOomScore();
ProcessLimit.Set(boot.Processes);
if (boot.Hostname.Length > 0) Init.SetHostName(boot.Hostname);

var agent = AgentServices.TryCreate(boot, childOomScore, TimeProvider.System);
if (agent is null) return Fail(BootFailure.NoEventQueue);

using var listener = Listener.TryOpen((int)boot.Port);
if (listener is null) return Fail(BootFailure.CannotListen);

if (!Init.DropStandardStreams()) return Fail(BootFailure.NoNullDevice);
agent.Start();
RootLender.StartWhereNeeded(agent.Loop, childOomScore);
using var trim = new IdleTrim(TimeSpan.FromMilliseconds(boot.IdleTrimMs), Pages.Trim, TimeProvider.System);
var token = new Token(boot.Token.ToByteArray());
var open = new OpenCalls();
new CallServer(listener, token, CallHandlers.Create(agent, token, open), agent.Loop, open, trim, TimeProvider.System).Run();
return 0;

static int Fail(BootFailure failure)
{
    Init.WriteError($"atoll-agent: {failure.Message}\n");
    return failure.ExitCode;
}
