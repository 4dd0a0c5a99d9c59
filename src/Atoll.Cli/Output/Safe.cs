using System.Text;

namespace Atoll.Cli.Output;

/// <summary>Text that came from a sandbox or server, made harmless to a terminal: control characters could move its cursor, set its title or type into it.</summary>
internal static class Safe
{
    public static string Line(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var safe = new StringBuilder(text.Length);
        foreach (var c in text) safe.Append(char.IsControl(c) ? '\uFFFD' : c);
        return safe.ToString();
    }
}
