using System.Collections.Immutable;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Memory;

/// <summary>An image that is being written, beside where it will be. It is one when <see cref="SealAsync"/> has succeeded, durable; until then <see cref="MemoryImages.DeleteAsync"/> removes it.</summary>
/// <param name="made">Told of the manifest when it is there.</param>
internal sealed class MemoryDraft(CheckpointId id, string folder, string final, Action<MemoryManifest> made)
{
    /// <summary>Empty, for the runtime to write into.</summary>
    public string Runtime => MemoryImage.RuntimeFolderOf(folder);

    /// <summary>Where the agent's program will be.</summary>
    public string Agent => Path.Combine(folder, MemoryImage.AgentName);

    /// <summary>Reads what the runtime wrote. Preconditions: all of it is there; it need not be on the disk yet.</summary>
    public Task<ImmutableArray<MemoryFile>> DigestAsync() => Task.Run(() => Directory.EnumerateFiles(Runtime).Order(StringComparer.Ordinal)
        .Select(path => ImageDigest.Of(folder, Path.GetRelativePath(folder, path), CancellationToken.None)).ToImmutableArray());

    /// <summary>What the runtime wrote, unread. Preconditions: it is on the disk.</summary>
    public ImmutableArray<MemoryFile> Unread() => [.. new DirectoryInfo(Runtime).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => new MemoryFile(Path.GetRelativePath(folder, file.FullName), file.Length, ""))];

    /// <param name="version">The runtime's version line.</param>
    /// <param name="agent">The shared copy of the agent's program, or the one that lies at <see cref="Agent"/> already; and its digest.</param>
    /// <param name="files">Of <see cref="DigestAsync"/> or <see cref="Unread"/>.</param>
    public Task<Result<long>> SealAsync(string version, (string Path, string Digest) agent, byte[] token, ImmutableArray<MemoryFile> files) => StorageFaults.GuardAsync<long>(
        () =>
        {
            if (agent.Path != Agent) Links.Hard(agent.Path, Agent);
            var manifest = new MemoryManifest(
                MemoryManifest.KnownFormat, id.Value, version, agent.Digest, token, [.. files, ImageDigest.Of(folder, MemoryImage.AgentName, CancellationToken.None)]);
            ManifestFile.Write(folder, manifest);
            Failpoint.Hit("memory.written");
            FileCall.Rename(folder, final);
            FileCall.Sync(Path.GetDirectoryName(final)!);
            made(manifest);
            return manifest.MemoryBytes;
        },
        CancellationToken.None);
}
