namespace Atoll.Core.Checkpoints.Moving;

/// <param name="Sha256">Of its bytes as they are stored: 64 lower-case hexadecimal digits.</param>
internal sealed record ExportPart(string Sha256, int Bytes);
