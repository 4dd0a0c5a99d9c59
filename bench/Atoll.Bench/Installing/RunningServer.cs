using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Atoll.Bench.Http;

namespace Atoll.Bench.Installing;

/// <summary>A server process and a client of it. Disposing it stops the server as ./stop does, and ends its sandboxes.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly Process _process;
    private readonly bool _keeps;

    private RunningServer(Process process, Api api, PlainConnection plain, bool keeps)
    {
        (_process, Api, Plain, _keeps) = (process, api, plain, keeps);
        (Sandboxes, PlainSandboxes) = (new Sandboxes(api), new Sandboxes(plain));
    }

    public int ProcessId => _process.Id;

    public Api Api { get; }

    public Sandboxes Sandboxes { get; }

    /// <summary>For what is measured alone: one connection, one request at a time.</summary>
    public PlainConnection Plain { get; }

    /// <summary>Over <see cref="Plain"/>.</summary>
    public Sandboxes PlainSandboxes { get; }

    public static async Task<RunningServer> StartAsync(Installation installation, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        // The shell replaces itself, so the process is the server.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" serve >>\"$1\" 2>&1 </dev/null", installation.Program, installation.LogPath]);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        try
        {
            await WaitUntilReadyAsync(installation, process, cancellation);
            using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(installation.KeyFile, cancellation));
            var keeps = environment.Keys.Any(name => name.Contains("WARMPOOL__KEEP", StringComparison.Ordinal));
            var key = config.RootElement.GetProperty("apiKey").GetString()!;
            return new RunningServer(process, new Api(installation.Url, key), new PlainConnection(installation.Url, key), keeps);
        }
        catch (Exception)
        {
            // Nobody has it yet who could end it.
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Waits until every warm pool has what it should have, so that one measurement does not pay for the one before.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsFullAsync(cancellation))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(5)) throw new TimeoutException("The warm pool is not full after five minutes.");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DeleteAllAsync();
        Api.Dispose();
        Plain.Dispose();
        _ = Kill(_process.Id, Terminate);
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Ends every sandbox of this server's. What cannot be ended now is ended by the installation's sweep.</summary>
    public async Task DeleteAllAsync()
    {
        try
        {
            while (true)
            {
                using var page = JsonDocument.Parse(await Api.SendAsync(HttpMethod.Get, "/v1/sandboxes?state=running&limit=100", null, CancellationToken.None));
                var ids = page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToArray();
                if (ids.Length == 0) return;
                await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, stop) => await Sandboxes.DeleteAsync(id, stop));
            }
        }
        catch (Exception failure) when (failure is ApiFailure or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync($"Not every sandbox could be ended: {failure.Message}");
        }
    }

    private static async Task WaitUntilReadyAsync(Installation installation, Process process, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"The server ended with {process.ExitCode}: {await File.ReadAllTextAsync(installation.LogPath, CancellationToken.None)}");
            try
            {
                if ((await http.GetAsync(installation.Url + "/readyz", cancellation)).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (Stopwatch.GetElapsedTime(started) > StartLimit) throw new TimeoutException($"The server is not ready after {StartLimit.TotalSeconds} s; its log is {installation.LogPath}.");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    private async Task<bool> IsFullAsync(CancellationToken cancellation)
    {
        using var info = JsonDocument.Parse(await Api.SendAsync(HttpMethod.Get, "/v1/info", null, cancellation));
        // Only a server that keeps a pool has to say how full it is.
        if (!info.RootElement.TryGetProperty("warmPool", out var pools)) return _keeps ? throw new InvalidOperationException("This server keeps a warm pool and does not say how full it is (/v1/info, warmPool).") : true;
        return pools.EnumerateArray().All(pool => pool.GetProperty("ready").GetInt32() >= pool.GetProperty("target").GetInt32());
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
