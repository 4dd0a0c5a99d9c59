using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Xunit;

namespace Atoll.Testing;

/// <summary>
/// An S3 service of a test's own on loopback (s3rver, by eng/scripts/s3rver.sh), with one bucket. Skips the test, with the reason, where it cannot be had. It can be stopped and started again on what it
/// holds. Its process hangs on a shell that reads from a pipe of this program's, and ends when this program does.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "atoll-test";

    /// <summary>Its only user's, both.</summary>
    public const string Key = "S3RVER";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private const string Keeper = """
        exec 2>/dev/null
        "$@" >/dev/null </dev/null &
        server=$!
        read -r word || :
        kill -KILL "$server"; wait "$server" || :
        """;

    private readonly Scratch _scratch = new();
    private readonly int _port = FreePort.Find();
    private readonly string _program;
    private Process? _keeper;

    private S3Server(string program) => _program = program;

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public static async Task<S3Server> StartNewAsync(CancellationToken cancellation)
    {
        Requires.Tool("npm");
        Requires.Tool("node");
        using var install = Process.Start(new ProcessStartInfo(Path.Combine(Repository(), "eng", "scripts", "s3rver.sh")) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (install.StandardOutput.ReadToEndAsync(cancellation), install.StandardError.ReadToEndAsync(cancellation));
        await install.WaitForExitAsync(cancellation);
        Assert.SkipUnless(install.ExitCode == 0, $"needs s3rver, which cannot be installed: {(await error).Trim()}");
        S3Server server = new((await output).Trim());
        await server.StartAsync(cancellation);
        return server;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        string[] command = ["node", _program, "--directory", _scratch.PathOf("s3"), "--address", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--silent", "--configure-bucket", Bucket];
        Directory.CreateDirectory(_scratch.PathOf("s3"));
        _keeper = Process.Start(new ProcessStartInfo("sh", ["-c", Keeper, "sh", .. command]) { RedirectStandardInput = true, Environment = { ["NODE_OPTIONS"] = "--openssl-legacy-provider" } })!;
        await Eventually.HoldsAsync($"{Endpoint} listens", () => Listens(cancellation), cancellation, StartLimit);
    }

    /// <summary>As a host that dies.</summary>
    public async Task StopAsync()
    {
        if (_keeper is null) return;
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
        _keeper = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _scratch.Dispose();
    }

    private async Task<bool> Listens(CancellationToken cancellation)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", _port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
