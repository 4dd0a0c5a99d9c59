using System.Text;
using Atoll.Cli.Output;
using Atoll.Client.Processes;

namespace Atoll.Cli.Attaching;

/// <summary>
/// One JSON object a line for each run of output, as text: a character that is split between two runs comes whole with the second. Bytes that are no UTF-8
/// become U+FFFD; who needs them leaves <c>--json</c> away.
/// </summary>
internal sealed class JsonSink(CliOutput output) : IOutputSink
{
    private readonly Decoder _stdout = Encoding.UTF8.GetDecoder();
    private readonly Decoder _stderr = Encoding.UTF8.GetDecoder();

    public void Write(in ProcessOutput chunk)
    {
        var line = chunk.Kind switch
        {
            OutputKind.Lost => new StreamJson("lost") { LostBytes = chunk.LostBytes },
            OutputKind.Stderr => new StreamJson("stderr") { Offset = chunk.Offset, Data = Text(_stderr, chunk.Bytes.Span) },
            OutputKind.Terminal => new StreamJson("terminal") { Offset = chunk.Offset, Data = Text(_stdout, chunk.Bytes.Span) },
            _ => new StreamJson("stdout") { Offset = chunk.Offset, Data = Text(_stdout, chunk.Bytes.Span) },
        };
        output.JsonLine(line, StreamJsonContext.Default.StreamJson);
    }

    private static string Text(Decoder decoder, ReadOnlySpan<byte> bytes)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, characters, flush: false);
        return new(characters);
    }
}
