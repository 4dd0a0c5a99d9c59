using System.Diagnostics;
using System.Text;

namespace Atoll.Machine.Hosting;

/// <summary>
/// Runs one of the host's tools and waits for it: argv only (no shell), an empty stdin, output bounded to <see cref="MaxOutputBytes"/> each, a time limit after which
/// it and its children are killed. Not for the path of a create: a spawned tool costs 5-10 ms.
/// </summary>
internal static class HostCommand
{
    private const int MaxOutputBytes = 1024 * 1024;

    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled; the tool was killed.</exception>
    public static async Task<HostCommandResult> RunAsync(IReadOnlyList<string> argv, TimeSpan limit, CancellationToken cancellation, string? stdin = null)
    {
        var start = new ProcessStartInfo(argv[0], argv.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return new HostCommandResult(argv[0], HostCommandResult.NotStarted, "", missing.Message);
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var error = ReadAsync(process.StandardError.BaseStream);
        try
        {
            if (stdin is not null) await process.StandardInput.WriteAsync(stdin.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (IOException)
        {
            // The tool closed its stdin early; its exit status says why.
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return new HostCommandResult(argv[0], HostCommandResult.TimedOut, "", $"no answer within {limit.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new HostCommandResult(argv[0], process.ExitCode, await output, await error);
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            // Beyond the bound it is read and thrown away, so that the tool never blocks on us.
            kept.Write(buffer, 0, (int)Math.Min(count, MaxOutputBytes - kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
