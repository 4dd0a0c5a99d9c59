using System.Diagnostics;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>The programs of <c>Attacks/</c> as one static binary, compiled once per run.</summary>
internal static class AttackProgram
{
    public static async Task<byte[]> CompileAsync(CancellationToken cancellation)
    {
        Requires.Tool("gcc");
        var folder = Path.Combine(AppContext.BaseDirectory, "Attacks");
        var program = Path.Combine(Path.GetTempPath(), $"atoll-hostile-{Environment.ProcessId}");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("gcc", ["-O1", "-static", "-Wall", "-Wextra", "-Werror", "-o", program, .. Directory.GetFiles(folder, "*.c"), "-pthread"]) { RedirectStandardError = true })!;
            var error = await compiler.StandardError.ReadToEndAsync(cancellation);
            await compiler.WaitForExitAsync(cancellation);
            Assert.True(compiler.ExitCode == 0, error);
            return await File.ReadAllBytesAsync(program, cancellation);
        }
        finally
        {
            File.Delete(program);
        }
    }
}
