using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Boot;
using Atoll.Agent.Calls;
using Atoll.Agent.Native;

Init.HideMemory();
var boot = BootFile.TryRead(BootFile.PathBeside(Environment.ProcessPath ?? "/.atoll/agent"), out var failure);
if (boot is null) return Fail(failure!);

var childOomScore = Init.LowerOomScore();
if (boot.Hostname.Length > 0) Init.SetHostName(boot.Hostname);

var agent = AgentServices.TryCreate(boot, childOomScore, TimeProvider.System);
if (agent is null) return Fail(BootFailure.NoEventQueue);

using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
try
{
    listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    listener.Bind(new IPEndPoint(IPAddress.Any, (int)boot.Port));
    listener.Listen(backlog: 512);
}
catch (SocketException)
{
    return Fail(BootFailure.CannotListen);
}

if (!Init.DropStandardStreams()) return Fail(BootFailure.NoNullDevice);
agent.Start();
using var trim = new IdleTrim(TimeProvider.System);
new CallServer(listener, new Token(boot.Token.ToByteArray()), CallHandlers.Create(agent), agent.Loop, trim, TimeProvider.System).Run();
return 0;

static int Fail(BootFailure failure)
{
    Init.WriteError($"atoll-agent: {failure.Message}\n");
    return failure.ExitCode;
}
