using Atoll.Agent.Calls.Processes;
using Atoll.Agent.Observing;
using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Processes.Starting;
using Atoll.Agent.Users;

namespace Atoll.Agent.Boot;

/// <summary>What handlers share, made once: the event loop, the processes it watches, the journal.</summary>
internal sealed class AgentServices
{
    private AgentServices(EventLoop loop, Protocol.Wire.Boot boot, int childOomScore, TimeProvider time)
    {
        Time = time;
        Port = (int)boot.Port;
        Journal = new Journal(time);
        Loop = loop;
        Users = new UserDatabase();
        Processes = new ProcessTable(time);
        Attachments = new Attachments(Processes, time);
        Reaper = new Reaper(Processes, loop, Journal);
        Starter = new ProcessStarter(loop, Processes, Reaper, new LaunchPreparation(Users, boot, childOomScore), Journal, time);
    }

    public TimeProvider Time { get; }

    public int Port { get; }

    public Journal Journal { get; }

    public EventLoop Loop { get; }

    public UserDatabase Users { get; }

    public ProcessTable Processes { get; }

    public Attachments Attachments { get; }

    public Reaper Reaper { get; }

    public ProcessStarter Starter { get; }

    public static AgentServices? TryCreate(Protocol.Wire.Boot boot, int childOomScore, TimeProvider time) =>
        EventLoop.TryCreate() is { } loop ? new AgentServices(loop, boot, childOomScore, time) : null;

    public void Start()
    {
        Reaper.Start();
        Loop.Start();
    }
}
