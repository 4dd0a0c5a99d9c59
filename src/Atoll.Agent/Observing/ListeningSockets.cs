using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Observing;

/// <summary>TCP ports on which something listens, the agent's own left out.</summary>
internal sealed class ListeningSockets(int ownPort)
{
    private const int MaxTableBytes = 16 * 1024 * 1024;
    private const int MaxPorts = 4096;
    private const int MaxCommand = 64;

    public List<Port> Find()
    {
        var lines = Read("/proc/net/tcp").Concat(Read("/proc/net/tcp6")).Where(line => line.Port != ownPort).Take(MaxPorts).ToList();
        if (lines.Count == 0) return [];
        var owners = SocketOwners.Find([.. lines.Select(line => line.Inode)]);
        return lines.ConvertAll(line => Describe(line, owners.GetValueOrDefault(line.Inode)));
    }

    private static Port Describe(SocketLine line, int pid) => new()
    {
        Port_ = (uint)line.Port,
        Address = line.Address.ToString(),
        Pid = pid,
        Command = pid > 0 && SmallFile.TryRead($"/proc/{pid}/comm", MaxCommand) is { } name ? Encoding.UTF8.GetString(name).TrimEnd('\n') : "",
    };

    private static IEnumerable<SocketLine> Read(string path)
    {
        if (SmallFile.TryRead(path, MaxTableBytes) is not { } bytes) yield break;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (SocketLine.Parse(line) is { } socket) yield return socket;
        }
    }
}
