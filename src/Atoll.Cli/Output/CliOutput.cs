using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atoll.Cli.Native;

namespace Atoll.Cli.Output;

/// <summary>Where a command writes: results to stdout, everything else to stderr. Threads: any member at any time; a call is never torn apart by another.</summary>
internal sealed class CliOutput
{
    private readonly Lock _lock = new();
    private readonly bool _coloursAllowed = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public bool StdinIsTerminal { get; } = Descriptors.IsTerminal(Descriptors.Stdin);

    public bool StdoutIsTerminal { get; } = Descriptors.IsTerminal(Descriptors.Stdout);

    public bool StderrIsTerminal { get; } = Descriptors.IsTerminal(Descriptors.Stderr);

    /// <summary>Results are JSON, and so are errors.</summary>
    public bool Json { get; set; }

    public bool Colours => StdoutIsTerminal && _coloursAllowed;

    public bool ErrorColours => StderrIsTerminal && _coloursAllowed;

    public void Line(string text) => Text(Descriptors.Stdout, text + "\n");

    public void ErrorLine(string text) => Text(Descriptors.Stderr, text + "\n");

    public void Error(string text) => Text(Descriptors.Stderr, text);

    public void Bytes(int descriptor, ReadOnlySpan<byte> bytes)
    {
        lock (_lock) Descriptors.Write(descriptor, bytes);
    }

    /// <summary>One object, one line.</summary>
    public void JsonLine<T>(T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        lock (_lock) Descriptors.Write(Descriptors.Stdout, [.. json, (byte)'\n']);
    }

    public void Draw(Table table) => Text(Descriptors.Stdout, table.Draw(Colours));

    private void Text(int descriptor, string text) => Bytes(descriptor, Encoding.UTF8.GetBytes(text));
}
