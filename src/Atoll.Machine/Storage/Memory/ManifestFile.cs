using System.Text;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Memory;

/// <summary>The manifest in an image's folder: the digest of the second line, then that line, JSON. Nothing of it is believed that is not as it was written.</summary>
internal static class ManifestFile
{
    public const string Name = "manifest";

    private const string Passing = "manifest.new";
    private const int DigestCharacters = 32;
    private const int MostBytes = 64 * 1024;

    /// <summary>Whether a file of an image's folder is not one of the image's.</summary>
    public static bool Is(string name) => name is Name or Passing;

    /// <summary>In place of the one that is there, if there is one; durable.</summary>
    public static void Write(string folder, MemoryManifest manifest)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, MemoryManifestJson.Default.MemoryManifest);
        var passing = Path.Combine(folder, Passing);
        using (var file = new FileStream(passing, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(Encoding.ASCII.GetBytes(ImageDigest.Of(json) + "\n"));
            file.Write(json);
        }

        FileCall.Sync(passing);
        FileCall.Rename(passing, Path.Combine(folder, Name));
        FileCall.Sync(folder);
    }

    public static Result<MemoryManifest> Read(CheckpointId id, string folder)
    {
        var file = new FileInfo(Path.Combine(folder, Name));
        if (!file.Exists) return ImageFaults.Damaged(id, "its manifest is missing");
        if (file.Length is <= DigestCharacters or > MostBytes) return ImageFaults.Damaged(id, "its manifest is cut off");
        var content = File.ReadAllBytes(file.FullName).AsSpan();
        if (content.Length <= DigestCharacters || content[DigestCharacters] != '\n') return ImageFaults.Damaged(id, "its manifest is none");
        var json = content[(DigestCharacters + 1)..];
        if (Encoding.ASCII.GetString(content[..DigestCharacters]) != ImageDigest.Of(json)) return ImageFaults.Damaged(id, "its manifest was altered");
        try
        {
            return JsonSerializer.Deserialize(json, MemoryManifestJson.Default.MemoryManifest) is { } manifest ? manifest : ImageFaults.Damaged(id, "its manifest is empty");
        }
        catch (JsonException unknown)
        {
            // As it was written, yet not what this version writes.
            return new Fault(FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, $"The memory of checkpoint {id} is described in a way that this server does not know: {unknown.Message}", "A newer server saved it: use that one.");
        }
    }
}
