namespace Atoll.Machine.Hosting;

/// <summary>What a host tool said.</summary>
internal sealed record HostCommandResult(string Tool, int ExitCode, string Output, string Error)
{
    public const int NotStarted = -1;
    public const int TimedOut = -2;

    public bool Succeeded => ExitCode == 0;

    /// <summary>One line for logs and faults: the tool, how it ended, and the last line it wrote to stderr.</summary>
    public string Summary => $"{Path.GetFileName(Tool)} {How}: {LastLine(Error.Length > 0 ? Error : Output)}";

    private string How => ExitCode switch
    {
        NotStarted => "could not be started",
        TimedOut => "timed out",
        _ => $"exited with {ExitCode}",
    };

    private static string LastLine(string text)
    {
        var line = text.TrimEnd().Split('\n')[^1];
        return line.Length > 500 ? line[..500] : line;
    }
}
