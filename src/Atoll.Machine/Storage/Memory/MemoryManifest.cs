using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Atoll.Machine.Storage.Memory;

/// <summary>
/// What an image says of itself. Data only: which limits, mounts, network and team a sandbox has that is made from it, the server's records and the request say.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Runtime">The version line of the runtime that wrote it, which alone can read it.</param>
/// <param name="Agent">SHA-256 of the agent's program that runs in it; kept beside it.</param>
/// <param name="Token">Opens that agent, until it is given another.</param>
internal sealed record MemoryManifest(int Format, string Checkpoint, string Runtime, string Agent, byte[] Token, ImmutableArray<MemoryFile> Files)
{
    public const int KnownFormat = 1;

    [JsonIgnore]
    public bool HasUnread => Files.Any(file => file.IsUnread);

    /// <summary>The program is a link to one that all images share, and takes nothing of its own.</summary>
    public long MemoryBytes => Files.Where(file => file.Name != MemoryImage.AgentName).Sum(file => file.Bytes);
}
