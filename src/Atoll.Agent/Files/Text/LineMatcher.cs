using System.Text;
using System.Text.RegularExpressions;

namespace Atoll.Agent.Files.Text;

/// <summary>Which lines of a file hold what is looked for. A plain text is compared as bytes, so that it is found in files of any encoding.</summary>
internal sealed class LineMatcher
{
    private const int MaxLineText = 1000;

    private readonly byte[] _text;
    private readonly Regex? _regex;

    public LineMatcher(string text, bool regex, bool ignoreCase)
    {
        _text = Encoding.UTF8.GetBytes(text);
        if (regex) _regex = Expression.Parse(text, ignoreCase);
        else if (ignoreCase) _regex = Expression.Parse(Regex.Escape(text), ignoreCase: true);
    }

    public IEnumerable<(uint Number, string Text)> Matches(byte[] content)
    {
        var start = 0;
        for (uint number = 1; start < content.Length; number++)
        {
            var length = content.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) length = content.Length - start;
            if (Holds(content.AsSpan(start, length))) yield return (number, Shorten(content.AsSpan(start, length)));
            start += length + 1;
        }
    }

    private bool Holds(ReadOnlySpan<byte> line) => _regex is null ? line.IndexOf(_text) >= 0 : _regex.IsMatch(Encoding.UTF8.GetString(TrimReturn(line)));

    private static string Shorten(ReadOnlySpan<byte> line)
    {
        line = TrimReturn(line);
        var text = Encoding.UTF8.GetString(line.Length > MaxLineText * 4 ? line[..(MaxLineText * 4)] : line);
        return text.Length > MaxLineText ? text[..MaxLineText] : text;
    }

    private static ReadOnlySpan<byte> TrimReturn(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;
}
