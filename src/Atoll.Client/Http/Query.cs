using System.Text;
using Atoll.Client.Files;

namespace Atoll.Client.Http;

/// <summary>Builds a path with its query; what is null is left out.</summary>
internal struct Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _any;

    public Query With(string name, string? value)
    {
        if (value is null) return this;
        _text.Append(_any ? '&' : '?').Append(Uri.EscapeDataString(name)).Append('=').Append(Escape(value));
        _any = true;
        return this;
    }

    /// <summary>A path's bytes that are no UTF-8 go as they are.</summary>
    private static string Escape(string value) =>
        PathText.HasEscapes(value) ? string.Concat(PathText.Encode(value).Select(one => char.IsAsciiLetterOrDigit((char)one) ? ((char)one).ToString() : $"%{one:X2}")) : Uri.EscapeDataString(value);

    public override readonly string ToString() => _text.ToString();

    /// <summary>A sandbox's path. Names that would climb out of it are the caller's mistake, and the server's 404.</summary>
    public static string Sandbox(string idOrName, string rest = "") => $"/v1/sandboxes/{Uri.EscapeDataString(idOrName)}{rest}";
}
