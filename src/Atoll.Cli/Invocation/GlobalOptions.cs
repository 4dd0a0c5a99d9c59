using System.CommandLine;

namespace Atoll.Cli.Invocation;

/// <summary>Options of every command.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Write results as JSON (one object a line where there are many), and errors as JSON to stderr", Recursive = true };

    public static Option<string?> Url { get; } = new("--url") { Description = "The server's URL (else ATOLL_URL, else the configuration file, else http://127.0.0.1:7800)", HelpName = "url", Recursive = true };
}
