using System.Diagnostics;
using System.Security.Cryptography;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Egress;

/// <summary>A host with a public-looking address on a cable of its own to this one: a network namespace with a web server in it. Both are gone when it is disposed.</summary>
internal sealed class FakeInternet : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _folder;
    private Process? _web;
    private Process? _secure;

    private FakeInternet(string instance)
    {
        _name = instance + "i" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 4);

        // In the folder of the instance (Scratch), with which a killed run's is removed.
        _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-test-" + instance, _name)).FullName;

        // A /30 of 203.0.113.0/24 (RFC 5737) at random; the answer of FakeNames lies outside those.
        Block = 128 + (4 * RandomNumberGenerator.GetInt32(0, 32));
    }

    public string Address => $"203.0.113.{Block + 2}";

    public string HostAddress => $"203.0.113.{Block + 1}";

    private int Block { get; }

    public static async Task<FakeInternet> CreateAsync(string instance, CancellationToken cancellation)
    {
        Requires.Tool("busybox");
        var internet = new FakeInternet(instance);
        try
        {
            await internet.BuildAsync(cancellation);
            return internet;
        }
        catch
        {
            await internet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Answers any request to port 443 with a page of its own.</summary>
    public async Task ServeTlsAsync(string certificatePem, string keyPem, CancellationToken cancellation)
    {
        Requires.Tool("openssl");
        await File.WriteAllTextAsync(Path.Combine(_folder, "tls.pem"), certificatePem, cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder, "tls.key"), keyPem, cancellation);
        _secure = Process.Start("ip", ["netns", "exec", _name, "openssl", "s_server", "-quiet", "-www", "-accept", "443", "-cert", Path.Combine(_folder, "tls.pem"), "-key", Path.Combine(_folder, "tls.key")]);
        await Eventually.HoldsAsync("the fake internet answers by TLS", () => AnswersAsync(443), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_secure is not null)
        {
            _secure.Kill(entireProcessTree: true);
            await _secure.WaitForExitAsync();
            _secure.Dispose();
        }

        if (_web is not null)
        {
            // It makes a process for each connection, which may be open still.
            _web.Kill(entireProcessTree: true);
            await _web.WaitForExitAsync();
            _web.Dispose();
        }

        // The cable goes with the namespace that holds its other end.
        await IpAsync(CancellationToken.None, "netns", "del", _name);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "index.html"), "the internet\n", cancellation);
        await IpAsync(cancellation, "netns", "add", _name);
        await IpAsync(cancellation, "link", "add", _name, "type", "veth", "peer", "name", "eth0", "netns", _name);
        await IpAsync(cancellation, "addr", "add", HostAddress + "/30", "dev", _name);
        await IpAsync(cancellation, "link", "set", _name, "up");
        await IpAsync(cancellation, "-n", _name, "addr", "add", Address + "/30", "dev", "eth0");
        await IpAsync(cancellation, "-n", _name, "link", "set", "lo", "up");
        await IpAsync(cancellation, "-n", _name, "link", "set", "eth0", "up");
        await IpAsync(cancellation, "-n", _name, "route", "add", "default", "via", HostAddress);
        _web = Process.Start("ip", ["netns", "exec", _name, "busybox", "httpd", "-f", "-p", "80", "-h", _folder]);
        await Eventually.HoldsAsync("the fake internet answers", () => AnswersAsync(80), cancellation);
    }

    private async Task<bool> AnswersAsync(int port)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync(Address, port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static async Task IpAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var ip = Process.Start("ip", arguments);
        await ip.WaitForExitAsync(cancellation);
        Assert.True(ip.ExitCode == 0 || cancellation == CancellationToken.None, $"ip {string.Join(' ', arguments)}: {ip.ExitCode}");
    }
}
