namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>What a Go program's runtime wrote as it ended: <c>panic: …</c>, <c>fatal error: …</c>, <c>runtime: …</c> or a signal's name, before it perhaps other lines, after it the stacks of all its threads.</summary>
internal static class PanicLog
{
    private const int MostBytes = 64 * 1024;
    private const int MostCharacters = 200;

    private static readonly string[] Beginnings = ["panic:", "fatal error:", "runtime:", "SIG"];

    /// <summary>Its line of the reason; null: there is no such line, or no such file.</summary>
    public static string? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Math.Min(MostBytes, file.Length)];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var lines = System.Text.Encoding.UTF8.GetString(bytes, 0, length).Split('\n');
            var reason = Array.Find(lines, line => Beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)))?.Trim();
            return reason is { Length: > MostCharacters } ? reason[..MostCharacters] : reason;
        }
        catch (IOException)
        {
            // Its folder is gone, or it was started without.
            return null;
        }
    }
}
