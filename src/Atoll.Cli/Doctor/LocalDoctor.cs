using System.Diagnostics;
using System.Text.Json;
using Atoll.Client.Service;
using Atoll.Client.Wire;

namespace Atoll.Cli.Doctor;

/// <summary>Where no server answers: the server's own program, found beside this one as it is installed (<c>../server/</c>), asked to examine this host.</summary>
internal static class LocalDoctor
{
    // Each of its checks has a limit of its own; together they stay well below this.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The program to run and its first arguments; null when there is none.</summary>
    public static string[]? Find(string? ownPath)
    {
        if (ownPath is null) return null;
        var real = File.ResolveLinkTarget(ownPath, returnFinalTarget: true)?.FullName ?? ownPath;
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, "..", "server"));
        var (program, assembly) = (Path.Combine(folder, "atoll-server"), Path.Combine(folder, "atoll-server.dll"));
        return File.Exists(program) ? [program] : File.Exists(assembly) ? ["dotnet", assembly] : null;
    }

    /// <summary>Null, with a reason, when nothing came of it.</summary>
    public static async Task<(DoctorReport? Report, string? Why)> AskAsync(string[] server, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var start = new ProcessStartInfo(server[0], [.. server[1..], "doctor", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            return (null, $"{server[0]} cannot be run: {failure.Message}");
        }

        using (process)
        {
            try
            {
                var errors = process.StandardError.ReadToEndAsync(either.Token);
                var report = JsonSerializer.Deserialize(await process.StandardOutput.ReadToEndAsync(either.Token), AtollJson.Default.DoctorReport);
                await process.WaitForExitAsync(either.Token);
                await errors;
                return (report, report is null ? "it said nothing" : null);
            }
            catch (JsonException)
            {
                return (null, $"{string.Join(' ', server)} doctor did not answer with a report");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (null, $"{string.Join(' ', server)} doctor took longer than {Limit.TotalMinutes:0} minutes");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
