using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace Atoll.Testing;

/// <summary>
/// A PostgreSQL server of a test run's own, in a folder that goes with it: started by the first test that asks for a database, without the one that Debian may have set up.
/// Its processes hang on a shell that reads from a pipe of this program's: when this program ends, however it does, the server is killed and its folder is removed.
/// <para>Tests that stop or freeze it make an instance of their own.</para>
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "atoll";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    // $1 programs, $2 folder, $3 port, $4... how to become somebody who is not root, as PostgreSQL asks.
    private const string Keeper = """
        bin=$1 data=$2 port=$3; shift 3
        "$@" "$bin/postgres" -D "$data/db" -k "$data" -p "$port" -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=32MB >>"$data/log" 2>&1 </dev/null &
        server=$!
        read -r word
        kill -CONT "$server" 2>/dev/null; kill -QUIT "$server" 2>/dev/null; wait "$server"
        [ "$word" = keep ] || rm -rf "$data"
        """;

    private readonly SemaphoreSlim _one = new(1);
    private readonly int _port = FreePort.Find();
    private string? _folder;
    private Process? _keeper;
    private int _databases;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    /// <summary>An empty database. Skips the test where PostgreSQL is not installed.</summary>
    public async Task<TestDatabase> NewDatabaseAsync(CancellationToken cancellation)
    {
        Assert.SkipUnless(Programs is not null, "needs PostgreSQL's server programs (apt install postgresql)");
        await _one.WaitAsync(cancellation);
        try
        {
            if (_folder is null) await InitializeAsync(cancellation);
            if (_keeper is null) await StartAsync(cancellation);
        }
        finally
        {
            _one.Release();
        }

        var name = $"t{Interlocked.Increment(ref _databases)}";
        await RunAsync("createdb", ["-h", _folder!, "-p", Port, "-U", User, name], cancellation);
        return new($"Host=127.0.0.1;Port={Port};Database={name};Username={User};Include Error Detail=true", () => DropAsync(name));
    }

    /// <summary>As a host that dies: nothing is written any more, nobody is told.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _keeper!.StandardInput.WriteLineAsync("keep");
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync(cancellation);
        _keeper.Dispose();
        _keeper = null;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        ProcessStartInfo start = new("sh", ["-c", Keeper, "sh", Programs!, _folder!, Port, .. Becoming]) { RedirectStandardInput = true };
        _keeper = Process.Start(start)!;
        await Eventually.HoldsAsync(
            $"PostgreSQL answers in {_folder}",
            async () => _keeper.HasExited ? throw new InvalidOperationException(await File.ReadAllTextAsync(Path.Combine(_folder!, "log"), cancellation)) : await AnswersAsync(cancellation),
            cancellation,
            StartLimit);
    }

    /// <summary>As a network that swallows everything: connections stay and nothing answers.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        _one.Dispose();
        if (_keeper is null)
        {
            if (_folder is not null) Directory.Delete(_folder, recursive: true);
            return;
        }

        Thaw();
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static string[] Becoming => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];

    private async Task InitializeAsync(CancellationToken cancellation)
    {
        _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-test-pg-" + RandomNumberGenerator.GetHexString(8, lowercase: true))).FullName;
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["postgres:postgres", _folder], cancellation);
        string[] command = [.. Becoming, Path.Combine(Programs!, "initdb"), "-D", Path.Combine(_folder, "db"), "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        await RunAsync(command[0], command[1..], cancellation);
    }

    private async Task DropAsync(string name)
    {
        if (_keeper is null) return; // Stopped by its test: it goes with the folder.
        await RunAsync("dropdb", ["-h", _folder!, "-p", Port, "-U", User, "--force", "--if-exists", name], CancellationToken.None);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var ready = Process.Start(new ProcessStartInfo(Path.Combine(Programs!, "pg_isready"), ["-q", "-h", _folder!, "-p", Port]))!;
        await ready.WaitForExitAsync(cancellation);
        return ready.ExitCode == 0;
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var path = Programs is { } bin && File.Exists(Path.Combine(bin, program)) ? Path.Combine(bin, program) : program;
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output}{await error}");
    }

    /// <summary>To the server and to the process it has for each connection.</summary>
    private void Signal(string signal)
    {
        var server = File.ReadLines(Path.Combine(_folder!, "db", "postmaster.pid")).First();
        var children = File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var kill = Process.Start("kill", ["-" + signal, server, .. children]);
        kill.WaitForExit();
    }
}
