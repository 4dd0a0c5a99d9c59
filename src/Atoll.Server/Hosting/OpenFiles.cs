using System.Globalization;

namespace Atoll.Server.Hosting;

/// <summary>
/// How many files this process may have open (<c>RLIMIT_NOFILE</c>; the runtime has raised it to the hard limit), and how many connections fit into them. A client's connection
/// takes one, and the agent's beside it another; the rest is for sandboxes, networks and the database. So clients cannot take the last one: without any, not even a thread can be made.
/// </summary>
internal static class OpenFiles
{
    private const string Line = "Max open files";
    private const int FilesOfAConnection = 2;
    private const int Fewest = 16;

    /// <summary>Null where there is no bound, or none can be read.</summary>
    public static int? Most { get; } = Read();

    public static int Connections(int wanted) => Most is { } most ? Math.Min(wanted, Math.Max(Fewest, most / 2 / FilesOfAConnection)) : wanted;

    private static int? Read()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
            var words = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words is [var soft, ..] && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
