using System.Text.Json.Serialization;

namespace Atoll.Machine.Storage.Memory;

/// <summary>One file of an image.</summary>
/// <param name="Name">Its path within the image's folder.</param>
/// <param name="Digest">XXH128 of its content, in lower-case hex; empty until it has been read.</param>
internal sealed record MemoryFile(string Name, long Bytes, string Digest)
{
    [JsonIgnore]
    public bool IsUnread => Digest.Length == 0;
}
