using System.Diagnostics;

namespace Atoll.Bench.Installing;

/// <summary>Programs of the host whose output is wanted, and whose time is not measured.</summary>
internal static class HostTool
{
    /// <summary>Exit code and what it wrote, both streams.</summary>
    public static async Task<(int Code, string Output)> TryAsync(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(argv[0], argv.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>What it wrote. Throws when it fails.</summary>
    public static async Task<string> RunAsync(params string[] argv)
    {
        var (code, output) = await TryAsync(argv);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', argv)} ended with {code}: {output}");
    }
}
