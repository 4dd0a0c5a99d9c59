namespace Atoll.Client.Processes;

/// <summary>A run of output.</summary>
/// <param name="Offset">Of the first byte, counted over all of the process's output.</param>
/// <param name="Bytes">Valid until the next one is asked for.</param>
/// <param name="LostBytes">How many are missing, for <see cref="OutputKind.Lost"/>.</param>
public readonly record struct ProcessOutput(OutputKind Kind, long Offset, ReadOnlyMemory<byte> Bytes, long LostBytes = 0);
