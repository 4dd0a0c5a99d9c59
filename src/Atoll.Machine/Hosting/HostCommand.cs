using System.Diagnostics;
using System.Text;

namespace Atoll.Machine.Hosting;

/// <summary>
/// Runs one of the host's tools and waits for it: argv only (no shell), an empty stdin, output bounded to <see cref="MaxOutputCharacters"/> each, a time limit after which
/// it and its children are killed. Not for the path of a create: a spawned tool costs 5-10 ms.
/// </summary>
internal static class HostCommand
{
    private const int MaxOutputCharacters = 1024 * 1024;

    /// <param name="onErrorLine">Told of each line on stderr as it comes, on any thread: tools write their progress there.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled; the tool was killed.</exception>
    public static async Task<HostCommandResult> RunAsync(
        IReadOnlyList<string> argv, TimeSpan limit, CancellationToken cancellation, string? stdin = null, Action<string>? onErrorLine = null)
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
        var output = ReadAsync(process.StandardOutput.BaseStream, null);
        var error = ReadAsync(process.StandardError.BaseStream, onErrorLine);
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

    private static async Task<string> ReadAsync(Stream stream, Action<string>? onLine)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var kept = new StringBuilder();
        if (onLine is not null)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                onLine(line);
                Keep(kept, line);
                Keep(kept, "\n");
            }

            return kept.ToString();
        }

        var buffer = new char[16 * 1024];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0) Keep(kept, buffer.AsSpan(0, count));
        return kept.ToString();
    }

    /// <summary>Beyond the bound it is read and thrown away, so that the tool never blocks on us. The newest would matter more than the oldest only for what fails late; 1 MiB holds both.</summary>
    private static void Keep(StringBuilder kept, ReadOnlySpan<char> text)
    {
        var room = MaxOutputCharacters - kept.Length;
        if (room > 0) kept.Append(text[..Math.Min(room, text.Length)]);
    }
}
