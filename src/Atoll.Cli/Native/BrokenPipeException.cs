namespace Atoll.Cli.Native;

/// <summary>Nobody reads our output any more (as in <c>atoll … | head -1</c>): end quietly, as programs that SIGPIPE ends do.</summary>
internal sealed class BrokenPipeException() : IOException("The reader of the output is gone.");
