using System.Text;

namespace Atoll.Client.Http;

/// <summary>Builds a path with its query; what is null is left out.</summary>
internal struct Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _any;

    public Query With(string name, string? value)
    {
        if (value is null) return this;
        _text.Append(_any ? '&' : '?').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        _any = true;
        return this;
    }

    public override readonly string ToString() => _text.ToString();

    /// <summary>A sandbox's path. Names that would climb out of it are the caller's mistake, and the server's 404.</summary>
    public static string Sandbox(string idOrName, string rest = "") => $"/v1/sandboxes/{Uri.EscapeDataString(idOrName)}{rest}";
}
