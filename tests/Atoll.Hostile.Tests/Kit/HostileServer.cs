using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>
/// One real server for every attack: what one of them breaks, the others notice. Started by the first test that needs it; of each isolation it keeps an attacked sandbox,
/// which is made anew when an attack has ended it, and a neighbour that must never notice anything. Fails the run if anything of it is left on the host.
/// </summary>
public sealed class HostileServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<string, string> _kept = new();

    // Takes the sandboxes' questions for names and never answers: a flood of them must not leave this host.
    private readonly UdpClient _silentNames = new(new IPEndPoint(IPAddress.Loopback, 0));
    private RealServer? _server;
    private Api? _api;
    private byte[] _program = [];

    internal Results Results { get; } = new();

    public RealServer Real => _server ?? throw new InvalidOperationException("Not started.");

    public Api Api => _api ?? throw new InvalidOperationException("Not started.");

    /// <summary>A range that sandboxes of this server may reach. It leads nowhere unless a test makes an interface for it.</summary>
    public string OpenRange { get; } = $"10.{RandomNumberGenerator.GetInt32(210, 250)}.{RandomNumberGenerator.GetInt32(0, 256)}";

    /// <summary>Skips the test where this isolation cannot be had.</summary>
    public async Task StartAsync(string isolation, CancellationToken cancellation)
    {
        Requires.Root();
        await _one.WaitAsync(cancellation);
        try
        {
            if (_api is null)
            {
                if (_server is not null) throw new InvalidOperationException("The server could not be started; another test says why.");
                _program = await AttackProgram.CompileAsync(cancellation);
                _server = new RealServer();
                _server.Configure("ATOLL__NETWORK__DNSSERVERS__0", _silentNames.Client.LocalEndPoint!.ToString()!);
                _server.Configure("ATOLL__NETWORK__ALLOWPRIVATE__0", OpenRange + ".0/24");

                // Every operation is tried with wrong keys: thousands, from this one address.
                _server.Configure("ATOLL__SERVER__RATES__FAILEDKEYSPERMINUTE", "1000000");
                _server.Configure("ATOLL__SERVER__RATES__ALLFAILEDKEYSPERMINUTE", "1000000");
                await _server.PrepareAsync(cancellation, "minimal");
                await _server.StartAsync(cancellation);
                _api = new Api(_server.Url, _server.ApiKey);
            }
        }
        finally
        {
            _one.Release();
        }

        await IsolationSupport.RequireAsync(Api, isolation, cancellation);
    }

    /// <summary>Runs the attack program on the host itself, as root.</summary>
    internal async Task<IReadOnlyList<Verdict>> AttackOnHostAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var scratch = new Scratch();
        var program = scratch.PathOf("attack");
        await File.WriteAllBytesAsync(program, _program, cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return Verdict.Parse(output);
    }

    public Task<string> AttackedAsync(string isolation, CancellationToken cancellation) => KeptAsync("attacked", isolation, cancellation);

    public Task<string> NeighbourAsync(string isolation, CancellationToken cancellation) => KeptAsync("neighbour", isolation, cancellation);

    /// <summary>A sandbox with the attack program in it, and with limits that this machine's other work survives.</summary>
    public async Task<string> CreateAsync(string isolation, JsonObject? more, CancellationToken cancellation)
    {
        var body = Body(isolation);
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var id = await Api.CreateAsync(body, cancellation);
        using var content = new ByteArrayContent(_program);
        using var put = await Api.Http.PutAsync($"/v1/sandboxes/{id}/files?path=/tmp/attack&mode=755&owner=root", content, cancellation);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(cancellation));
        return id;
    }

    /// <summary>
    /// Small. gVisor's kernel grows by 0.15 MB with each command until it holds some 140 MB (20240729, measured over 2,500 commands, whatever its garbage collector is told), so 128 MiB,
    /// enough for a container, would end such a sandbox after 670 of them.
    /// </summary>
    public static JsonObject Body(string isolation) => new()
    {
        ["template"] = "minimal",
        ["isolation"] = isolation,
        ["cpu"] = 1,
        ["memoryMiB"] = isolation == "gvisor" ? 320 : 128,
        ["diskMiB"] = 256,
        ["processes"] = 64,
        ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 1800 },
    };

    public async ValueTask DisposeAsync()
    {
        Results.Write();
        _one.Dispose();
        _silentNames.Dispose();
        _api?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    private async Task<string> KeptAsync(string role, string isolation, CancellationToken cancellation)
    {
        var key = $"{role}-{isolation}";
        if (_kept.TryGetValue(key, out var id) && (string?)(await Api.GetAsync($"/v1/sandboxes/{id}", cancellation)).Json?["state"] == "running") return id;
        Assert.True(id is null || role != "neighbour", $"The neighbour {id} has ended: some attack reached it.");
        return _kept[key] = await CreateAsync(isolation, null, cancellation);
    }
}
