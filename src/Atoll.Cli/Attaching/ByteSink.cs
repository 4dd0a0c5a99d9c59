using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Client.Processes;

namespace Atoll.Cli.Attaching;

/// <summary>Passes each byte on: stdout to stdout, stderr to stderr, a terminal's to stdout.</summary>
internal sealed class ByteSink(CliOutput output) : IOutputSink
{
    public void Write(in ProcessOutput chunk)
    {
        if (chunk.Kind != OutputKind.Lost) output.Bytes(chunk.Kind == OutputKind.Stderr ? Descriptors.Stderr : Descriptors.Stdout, chunk.Bytes.Span);
    }
}
