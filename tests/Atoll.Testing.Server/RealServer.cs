using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Atoll.Testing.Server;

/// <summary>
/// The product as ./test built it, installed under a name, folder, address range and port of its own: a real server process, which tests may stop, kill and start again.
/// Disposing it removes all of it and fails if anything of it is left on the host.
/// </summary>
public sealed class RealServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);
    private readonly Scratch _scratch = new();
    private readonly Dictionary<string, string> _environment;
    private Process? _process;

    public RealServer()
    {
        Url = $"http://127.0.0.1:{FreePort.Find()}";
        _environment = new Dictionary<string, string>
        {
            ["ATOLL__MACHINE__INSTANCE"] = _scratch.Instance,
            ["ATOLL__MACHINE__STATEDIRECTORY"] = StateDirectory,
            ["ATOLL__MACHINE__RUNTIMEDIRECTORY"] = RuntimeDirectory,
            ["ATOLL__NETWORK__ADDRESSRANGE"] = _scratch.AddressRange,
            ["ATOLL__IMAGES__CACHEDIRECTORY"] = Path.Combine(Repository, "artifacts", "cache", "templates"),
            // Most tests count what is on the host; those of the pool turn it on.
            ["ATOLL__WARMPOOL__ENABLED"] = "false",
            ["ATOLL__SERVER__URL"] = Url,
            ["ATOLL__SERVER__FIRSTKEYFOLDER"] = Path.Combine(_scratch.Folder, "home", ".config", "atoll"),
            ["HOME"] = Path.Combine(_scratch.Folder, "home"),
            // A runtime that is killed leaves its pipes for debuggers in /tmp.
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        Directory.CreateDirectory(_environment["HOME"]);
    }

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Dist { get; } = Path.Combine(Repository, "artifacts", "dist");

    public string Instance => _scratch.Instance;

    public string Url { get; }

    public string StateDirectory => _scratch.PathOf("state");

    public string RuntimeDirectory => _scratch.PathOf("run");

    /// <summary>The environment in which the command line client finds this server.</summary>
    public IReadOnlyDictionary<string, string> ClientEnvironment => _environment;

    /// <summary>A path of the test's own, beside the server's folders.</summary>
    public string PathOf(string name) => _scratch.PathOf(name);

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server is not running.");

    public string ApiKey { get; private set; } = "";

    /// <summary>What starts the server, such as <c>prlimit --nofile=512</c>; by default it is started as it is.</summary>
    public IReadOnlyList<string> Wrapper { get; set; } = [];

    /// <summary>Settings of a test's own, such as <c>ATOLL__SANDBOXES__MOST</c>; before <see cref="StartAsync"/>.</summary>
    public void Configure(string variable, string value) => _environment[variable] = value;

    public async Task PrepareAsync(CancellationToken cancellation, params string[] templates)
    {
        var (code, output) = await RunAsync(["prepare", .. templates.SelectMany(template => new[] { "--template", template })], cancellation);
        Assert.True(code == 0, $"prepare failed ({code}): {output}");
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        var log = new FileStream(LogPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _process = Process.Start(StartInfo(["serve"]))!;
        _ = CopyAsync(_process.StandardOutput.BaseStream, log);
        _ = CopyAsync(_process.StandardError.BaseStream, log);
        using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = AnswerLimit };
        await Eventually.HoldsAsync($"{Url}/readyz answers (log: {LogPath})", async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {ReadLog()}");
            try
            {
                return (await http.GetAsync($"{Url}/readyz", cancellation)).StatusCode == HttpStatusCode.OK;
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                return false;
            }
        }, cancellation, StartLimit);
        ApiKey = ReadKey();
    }

    /// <summary>As a power cut would: SIGKILL, no goodbye.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellation);
        _process.Dispose();
        _process = null;
    }

    /// <summary>As ./stop does: SIGTERM.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(cancellation);
        await _process.WaitForExitAsync(cancellation).WaitAsync(StartLimit, cancellation);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Waits for an end that it came to by itself; its exit status.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process!.WaitForExitAsync(cancellation).WaitAsync(StartLimit, cancellation);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    public string ReadLog()
    {
        using var file = new StreamReader(new FileStream(LogPath, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    /// <summary>Runs a verb of the server's program, such as <c>doctor</c>.</summary>
    public async Task<(int Code, string Output)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(StartInfo(arguments))!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation).WaitAsync(RunLimit, cancellation);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        return (process.ExitCode, await output + await error);
    }

    /// <summary>Kills it and removes all of it from the host; fails if anything is left.</summary>
    public async Task EraseAsync()
    {
        if (_process is not null) await KillAsync(CancellationToken.None);
        var (code, output) = await RunAsync(["sweep", "--all"], CancellationToken.None);
        Assert.True(code == 0, $"sweep --all failed ({code}): {output}");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EraseAsync();
            var left = HostTraces.Of(this);
            Assert.True(left.Count == 0, $"Left behind after sweep --all: {string.Join("; ", left)}");
        }
        finally
        {
            _scratch.Dispose();
        }
    }

    private string LogPath => _scratch.PathOf("server.log");

    private ProcessStartInfo StartInfo(IReadOnlyList<string> arguments)
    {
        string[] command = [.. Wrapper, Path.Combine(Dist, "server", "atoll-server"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        start.Environment.Remove("SUDO_USER");
        return start;
    }

    private string ReadKey()
    {
        var path = Path.Combine(_environment["HOME"], ".config", "atoll", "config.json");
        using var config = JsonDocument.Parse(File.ReadAllText(path));
        return config.RootElement.GetProperty("apiKey").GetString()!;
    }

    private static async Task CopyAsync(Stream from, FileStream to)
    {
        var buffer = new byte[8192];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            lock (to) to.Write(buffer, 0, count);
            to.Flush();
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
