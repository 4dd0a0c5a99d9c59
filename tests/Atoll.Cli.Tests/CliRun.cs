using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Atoll.Cli.Tests.Fakes;
using Atoll.Testing;

namespace Atoll.Cli.Tests;

/// <summary>Runs the built program as a user would, with a home of its own.</summary>
internal sealed class CliRun : IDisposable
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "atoll");

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();

    public CliRun(FakeAtoll? server = null)
    {
        Environment = new() { ["HOME"] = _scratch.Folder, ["NO_COLOR"] = "1" };
        if (server is null) return;
        Environment["ATOLL_URL"] = server.Url;
        Environment["ATOLL_API_KEY"] = FakeAtoll.Key;
    }

    public Dictionary<string, string> Environment { get; }

    public string Folder => _scratch.Folder;

    public string ConfigPath => _scratch.PathOf(".config/atoll/config.json");

    public void WriteConfig(string url, string key, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigPath)!);
        File.WriteAllText(ConfigPath, JsonSerializer.Serialize(new { url, apiKey = key }));
        File.SetUnixFileMode(ConfigPath, mode);
    }

    public Task<CliResult> RunAsync(params string[] args) => RunAsync([], args);

    public async Task<CliResult> RunAsync(byte[] stdin, params string[] args)
    {
        using var process = Start(args);
        return await EndAsync(process, stdin);
    }

    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment.Remove("ATOLL_URL");
        start.Environment.Remove("ATOLL_API_KEY");
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<CliResult> EndAsync(Process process, byte[]? stdin = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        try
        {
            var reading = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(stdout, limit.Token), process.StandardError.BaseStream.CopyToAsync(stderr, limit.Token));
            try
            {
                if (stdin is not null) await process.StandardInput.BaseStream.WriteAsync(stdin, limit.Token);
                if (stdin is not null) process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it had read all of it.
            }

            await reading;
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for atoll to end; so far it wrote: {Encoding.UTF8.GetString(stderr.ToArray())}");
        }

        return new(process.ExitCode, stdout.ToArray(), Encoding.UTF8.GetString(stderr.ToArray()));
    }

    public void Dispose() => _scratch.Dispose();
}
