using Atoll.Machine.Hosting;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>What stands in the way of saving the memory of processes on the host's kernel, for people: only CRIU could, and on many kernels it cannot.</summary>
internal static class CriuCheck
{
    private const string Program = "criu";
    private const int MostCharacters = 300;

    public static async Task<string> ExplainAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (HostProgram.Find(Program) is not { } program) return "it takes CRIU, which is not installed, and which Atoll does not use yet.";
        var checkedUp = await HostCommand.RunAsync([program, "check"], limit, cancellation);
        if (checkedUp.Succeeded) return "it takes CRIU, which Atoll does not use yet; `criu check` finds that it would work here.";

        // The first of its errors that says more than how a program of its own ended.
        var said = (checkedUp.Error + checkedUp.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(line => line.Contains("Error", StringComparison.Ordinal) && !line.Contains("exited, status", StringComparison.Ordinal)) ?? checkedUp.Summary;
        return $"it takes CRIU, and `criu check` fails here: {(said.Length <= MostCharacters ? said : said[..MostCharacters] + "…").Trim()}";
    }
}
