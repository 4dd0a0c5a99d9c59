using System.Net;
using System.Net.Sockets;

namespace Atoll.Bench.Installing;

/// <summary>
/// The product as built, under a name, folder, address range and port of its own. Servers are started on it one after the other, with other settings each; disposing it
/// removes all of it from the host.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly Place _place = new();
    private readonly Dictionary<string, string> _environment;

    public Installation(string repository)
    {
        Program = Path.Combine(repository, "artifacts", "dist", "server", "atoll-server");
        Url = $"http://127.0.0.1:{FreePort()}";
        var home = Directory.CreateDirectory(_place.PathOf("home")).FullName;
        KeyFile = Path.Combine(home, "atoll", "config.json");
        _environment = new Dictionary<string, string>
        {
            ["ATOLL__MACHINE__INSTANCE"] = Instance,
            ["ATOLL__MACHINE__STATEDIRECTORY"] = _place.PathOf("state"),
            ["ATOLL__MACHINE__RUNTIMEDIRECTORY"] = _place.PathOf("run"),
            ["ATOLL__NETWORK__ADDRESSRANGE"] = _place.AddressRange,
            ["ATOLL__IMAGES__CACHEDIRECTORY"] = Path.Combine(repository, "artifacts", "cache", "templates"),
            ["ATOLL__SERVER__URL"] = Url,
            ["ATOLL__SERVER__FIRSTKEYFOLDER"] = Path.GetDirectoryName(KeyFile)!,
            // The figures are those of the product, not of these bounds, which a small machine would meet first.
            ["ATOLL__SANDBOXES__MAXLIVING"] = "1000",
            ["ATOLL__SANDBOXES__MEMORYOVERCOMMIT"] = "100",
            ["HOME"] = home,
            ["SUDO_USER"] = "",
        };
    }

    public string Program { get; }

    public string Url { get; }

    public string KeyFile { get; }

    public string Instance => _place.Instance;

    public string Folder => _place.Folder;

    public string PoolDirectory => _place.PathOf("state/pool");

    public string LogPath => _place.PathOf("server.log");

    public async Task PrepareAsync()
    {
        var (code, output) = await HostTool.TryAsync([Program, "prepare", "--template", "minimal", "--template", "default"], _environment);
        if (code != 0) throw new InvalidOperationException($"atoll-server prepare failed ({code}): {output}");
    }

    /// <param name="settings">As environment variables name them, without <c>ATOLL__</c>.</param>
    public Task<RunningServer> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(_environment);
        foreach (var (name, value) in settings) environment["ATOLL__" + name] = value;
        return RunningServer.StartAsync(this, environment, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        var (code, output) = await HostTool.TryAsync([Program, "sweep", "--all"], _environment);
        if (code != 0) throw new InvalidOperationException($"atoll-server sweep --all failed ({code}), {Folder} is still there: {output}");
        _place.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
