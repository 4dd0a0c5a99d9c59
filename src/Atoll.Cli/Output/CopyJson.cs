namespace Atoll.Cli.Output;

internal sealed record CopyJson(string Source, string Destination, long Files, long Bytes, double Seconds);
