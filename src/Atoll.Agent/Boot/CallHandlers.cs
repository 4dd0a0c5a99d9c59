using Atoll.Agent.Calls;
using Atoll.Agent.Calls.Processes;
using Atoll.Agent.Calls.Sandbox;
using Atoll.Agent.Files.Calls;
using Atoll.Agent.Observing;
using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Boot;

/// <summary>Which handler answers which kind of call.</summary>
internal static class CallHandlers
{
    public static Dictionary<Call.RequestOneofCase, ICallHandler> Create(AgentServices agent, Token token, OpenCalls open) => FileCallHandlers.AddTo(new()
    {
        // A new kind of call: one line here.
        [Call.RequestOneofCase.Hello] = new HelloHandler(),
        [Call.RequestOneofCase.Renew] = new RenewHandler(token, open, agent.Attachments, agent.Loop),
        [Call.RequestOneofCase.Part] = new PartHandler(open, agent.Time),
        [Call.RequestOneofCase.StartProcess] = new StartProcessHandler(agent.Starter),
        [Call.RequestOneofCase.Exec] = new ExecHandler(agent.Starter, agent.Attachments),
        [Call.RequestOneofCase.ListProcesses] = new ListProcessesHandler(agent.Processes),
        [Call.RequestOneofCase.GetProcess] = new GetProcessHandler(agent.Processes),
        [Call.RequestOneofCase.Follow] = new FollowHandler(agent.Processes, agent.Attachments),
        [Call.RequestOneofCase.WriteStdin] = new WriteStdinHandler(agent.Processes),
        [Call.RequestOneofCase.SignalProcess] = new SignalProcessHandler(agent.Processes, agent.Journal),
        [Call.RequestOneofCase.ResizeTerminal] = new ResizeTerminalHandler(agent.Processes),
        [Call.RequestOneofCase.ListPorts] = new ListPortsHandler(new ListeningSockets(agent.Port)),
        [Call.RequestOneofCase.Measure] = new MeasureHandler(),
        [Call.RequestOneofCase.FreeMemory] = new FreeMemoryHandler(new LargestProcess(TimeProvider.System), agent.Journal),
        [Call.RequestOneofCase.SetLimits] = new SetLimitsHandler(),
        [Call.RequestOneofCase.ReadLog] = new ReadLogHandler(agent.Journal),
        [Call.RequestOneofCase.Tunnel] = new TunnelHandler(agent.Port),
    });
}
