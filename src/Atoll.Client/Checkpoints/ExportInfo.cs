namespace Atoll.Client.Checkpoints;

/// <summary>A checkpoint in the server's object store.</summary>
/// <param name="Key">What an import is given. Whoever knows it can import the checkpoint.</param>
/// <param name="SizeBytes">All that importing it reads.</param>
/// <param name="SentBytes">What had to be sent; the rest was there already.</param>
/// <param name="Parts">How many objects hold its data.</param>
public sealed record ExportInfo(string Key, long SizeBytes, long SentBytes, int Parts);
