using Atoll.Core.Checkpoints;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>A checkpoint in the object store.</summary>
/// <param name="Key">What an import is given, on any server that shares the store. Whoever knows it can import the checkpoint there.</param>
/// <param name="SizeBytes">All that importing it reads.</param>
/// <param name="SentBytes">What had to be sent; the rest was there already.</param>
/// <param name="Parts">How many objects hold its data.</param>
internal sealed record ExportView(string Key, long SizeBytes, long SentBytes, int Parts)
{
    public static ExportView Of(Exported exported) => new(exported.Key, exported.SizeBytes, exported.SentBytes, exported.Parts);
}
