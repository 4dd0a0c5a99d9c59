using System.Diagnostics;
using System.Globalization;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary>The client's own binary, run as a user of this server would: it finds server and key in its configuration file.</summary>
internal sealed class CliProgram(RealServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>On top of the user's environment.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public static string Binary => Path.Combine(RealServer.Dist, "bin", "atoll");

    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public async Task<CliResult> RunAsync(byte[] stdin, string[] arguments)
    {
        using var process = Start(arguments);
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WriteAsync(process, stdin);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"atoll {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s: {await error}");
        }

        await reading;
        return new CliResult(process.ExitCode, output.ToArray(), await error);
    }

    /// <summary>Its streams are pipes; the caller ends it.</summary>
    public Process Start(params string[] arguments) => Process.Start(Info(Binary, arguments))!;

    public ProcessStartInfo Info(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["ATOLL_URL", "ATOLL_API_KEY"]) start.Environment.Remove(name);
        start.Environment["HOME"] = server.ClientEnvironment["HOME"];
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }

    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task WriteAsync(Process process, byte[] stdin)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; the exit status says whether that was right.
            return;
        }
    }
}
