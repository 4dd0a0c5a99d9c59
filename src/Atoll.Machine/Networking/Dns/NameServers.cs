using System.Collections.Immutable;
using System.Net;

namespace Atoll.Machine.Networking.Dns;

/// <summary>
/// Whom to ask: the servers of the options, else the host's own, whose file is looked at again at most once a second. A local one such as 127.0.0.53 is fine: the asking
/// is done from the host.
/// </summary>
internal sealed class NameServers(NetworkOptions options, TimeProvider time, string path = "/etc/resolv.conf")
{
    private const int Port = 53;
    private const int Most = 3;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private ImmutableArray<IPEndPoint> _servers = [];
    private DateTime _written;
    private long _looked;

    public ImmutableArray<IPEndPoint> Current
    {
        get
        {
            lock (_lock)
            {
                if (_servers.IsEmpty || time.GetElapsedTime(_looked) > Kept) Look();
                return _servers;
            }
        }
    }

    public static bool TryParse(string text, out IPEndPoint server)
    {
        server = new IPEndPoint(IPAddress.Any, Port);
        if (IPAddress.TryParse(text, out var address))
        {
            server = new IPEndPoint(address, Port);
            return true;
        }

        if (!IPEndPoint.TryParse(text, out var parsed) || parsed.Port == 0) return false;
        server = parsed;
        return true;
    }

    /// <summary>The <c>nameserver</c> lines, three at most, as the C library reads them (<c>man 5 resolv.conf</c>).</summary>
    public static ImmutableArray<IPEndPoint> Read(string text) =>
    [
        .. text.Split('\n')
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 1 && words[0] == "nameserver")
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, Port) : null)
            .OfType<IPEndPoint>()
            .Take(Most),
    ];

    private void Look()
    {
        _looked = time.GetTimestamp();
        if (options.DnsServers.Count > 0)
        {
            _servers = [.. options.DnsServers.Select(text => TryParse(text, out var server) ? server : null).OfType<IPEndPoint>()];
            return;
        }

        var written = File.GetLastWriteTimeUtc(path);
        if (written == _written && !_servers.IsEmpty) return;
        try
        {
            _servers = Read(File.ReadAllText(path));
            _written = written;
        }
        catch (IOException)
        {
            // It is being replaced, or there is none: what was read last goes on, and it is looked at again in a second.
        }
    }
}
