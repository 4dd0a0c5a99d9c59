using System.Text.Json;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// What a runtime has to say about a failed start: it writes JSON lines (<c>level</c>, <c>msg</c>) to a file of ours. A file and not its stderr,
/// because process 1 would inherit that, and nothing of the host may be open inside.
/// </summary>
internal static class RuntimeLog
{
    private const int MostBytes = 64 * 1024;
    private const int MostCharacters = 600;

    /// <summary>The last error in it, shortened; null when there is none.</summary>
    public static string? LastError(string path)
    {
        string text;
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MostBytes) stream.Seek(-MostBytes, SeekOrigin.End);
            text = new StreamReader(stream).ReadToEnd();
        }
        catch (IOException)
        {
            // It said nothing.
            return null;
        }

        var message = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Error).LastOrDefault(found => found is not null);
        return message is { Length: > MostCharacters } ? message[..MostCharacters] + "..." : message;
    }

    private static string? Error(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            return entry.RootElement.TryGetProperty("level", out var level) && level.GetString() is "error" or "fatal" && entry.RootElement.TryGetProperty("msg", out var text)
                ? text.GetString()
                : null;
        }
        catch (JsonException)
        {
            // The first line may be cut by the bound; a panic is not JSON.
            return null;
        }
    }
}
