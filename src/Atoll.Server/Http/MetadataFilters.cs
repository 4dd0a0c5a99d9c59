namespace Atoll.Server.Http;

/// <summary>Marks a route whose query may hold <c>metadata.&lt;key&gt;=value</c> filters.</summary>
internal sealed class MetadataFilters
{
    public const string Prefix = "metadata.";
}
