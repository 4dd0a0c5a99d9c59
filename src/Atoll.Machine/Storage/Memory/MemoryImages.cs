using System.Collections.Concurrent;
using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Memory;

/// <summary>
/// Images of sandboxes' memory, a folder for each checkpoint in the pool. Written beside and renamed, so that one is there whole or not; read through before each use, unless it was and no file of
/// it has changed since; what the runtime wrote of a living sandbox, right after it was saved, so that nobody waits for that. The agents' programs lie beside them, one for each version, linked into the images.
/// <para>Threads: any member at any time; for one id, never a draft and another member at once.</para>
/// </summary>
/// <param name="place">The folder in the pool, if it has room for so many bytes more.</param>
internal sealed class MemoryImages(Func<long, Result<string>> place)
{
    private const string Passing = ".new-";
    private const string Agents = ".agents";
    private readonly ConcurrentDictionary<CheckpointId, string> _read = new();
    private readonly ConcurrentDictionary<CheckpointId, Task> _reading = new();

    /// <summary>Who uses an image that a dead server had not read may not be the only one.</summary>
    private readonly Lock _writing = new();

    /// <summary>The one that was kept last: nearly all sandboxes have the same.</summary>
    private volatile KnownAgent? _agent;

    /// <param name="bytes">How much memory the sandbox has now: what the pool must have room for.</param>
    public Result<MemoryDraft> Begin(CheckpointId id, long bytes)
    {
        if (!place(bytes).TryGet(out var parent, out var fault)) return fault;
        try
        {
            var folder = Path.Combine(parent, Passing + id);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            // Digests of our own say whether it is as it was written; the filesystem's, and its compression, would take four times as long as writing it does.
            FileCall.WriteInPlace(HostFolders.MakePrivate(MemoryImage.RuntimeFolderOf(HostFolders.MakePrivate(folder))));
            var final = Path.Combine(parent, id.Value);

            return new MemoryDraft(id, folder, final, manifest => Made(id, final, manifest));
        }
        catch (IOException failure)
        {
            return StorageFaults.Host(failure.Message);
        }
    }

    /// <summary>A copy in the pool of the program that is the agent of a living sandbox, durable.</summary>
    public Task<Result<(string Path, string Digest)>> KeepAgentAsync(string program) => StorageFaults.GuardAsync<(string, string)>(
        () =>
        {
            if (!place(0).TryGet(out var parent, out var fault)) return fault;
            var identity = FileCall.IdentityOf(program);
            if (_agent is not { } known || known.Identity != identity)
            {
                using var source = File.OpenRead(program);
                _agent = known = new KnownAgent(identity, Convert.ToHexStringLower(SHA256.HashData(source)));
            }

            var digest = known.Digest;
            var folder = HostFolders.MakePrivate(Path.Combine(parent, Agents));
            var path = Path.Combine(folder, digest);
            if (File.Exists(path)) return (path, digest);

            var copy = path + "." + RandomNumberGenerator.GetHexString(16, lowercase: true);
            File.Copy(program, copy);
            FileCall.Sync(copy);
            FileCall.Rename(copy, path);
            FileCall.Sync(folder);
            return (path, digest);
        },
        CancellationToken.None);

    /// <summary>The shared copy of an agent's program, or null.</summary>
    /// <param name="digest">Its SHA-256, in lower-case hexadecimal.</param>
    public string? FindAgent(string digest) => place(0).TryGet(out var parent, out _) && Path.Combine(parent, Agents, digest) is var path && File.Exists(path) ? path : null;

    /// <summary>Whether there is an image, whole when it was made; what has become of it since, <see cref="OpenAsync"/> tells.</summary>
    public bool Exists(CheckpointId id) => place(0).TryGet(out var parent, out _) && Directory.Exists(Path.Combine(parent, id.Value));

    /// <summary>What the runtime's files of an image take; 0 for what is not there.</summary>
    public long SizeOf(CheckpointId id)
    {
        if (!place(0).TryGet(out var parent, out _)) return 0;
        DirectoryInfo folder = new(MemoryImage.RuntimeFolderOf(Path.Combine(parent, id.Value)));
        return folder.Exists ? folder.EnumerateFiles().Sum(file => file.Length) : 0;
    }

    /// <summary>An image that is as it was saved, and that the runtime of this version can read. Else a fault that says what is wrong with it.</summary>
    public async Task<Result<MemoryImage>> OpenAsync(CheckpointId id, string version, CancellationToken cancellation)
    {
        await WhenReadAsync(id).WaitAsync(cancellation);
        return await StorageFaults.GuardAsync(() => Open(id, version, cancellation), cancellation);
    }

    /// <summary>One file of an image, by the name it has whatever its folder. Preconditions: the image was found to be whole by <see cref="OpenAsync"/>.</summary>
    public Result<Stream> OpenFile(CheckpointId id, string name)
    {
        if (!place(0).TryGet(out var parent, out var fault)) return fault;
        var folder = Path.Combine(parent, id.Value);
        try
        {
            return new FileStream(name == MemoryImage.AgentName ? Path.Combine(folder, name) : Path.Combine(MemoryImage.RuntimeFolderOf(folder), name), FileMode.Open, FileAccess.Read);
        }
        catch (IOException failure)
        {
            // Deleted meanwhile.
            return failure is FileNotFoundException or DirectoryNotFoundException ? ImageFaults.Gone(id) : StorageFaults.Host(failure.Message);
        }
    }

    /// <summary>Succeeds for what is not there.</summary>
    public Task<Result<Done>> DeleteAsync(CheckpointId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        async () =>
        {
            await WhenReadAsync(id);
            if (place(0).TryGet(out var parent, out _))
            {
                foreach (var folder in (string[])[Path.Combine(parent, Passing + id), Path.Combine(parent, id.Value)])
                {
                    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                }
            }

            _read.TryRemove(id, out _);
            return Done.Value;
        },
        cancellation);

    /// <summary>Every one that there is, drafts too.</summary>
    public IReadOnlyList<CheckpointId> List() => place(0).TryGet(out var parent, out _) && Directory.Exists(parent)
        ? [.. Directory.EnumerateDirectories(parent).Select(path => Path.GetFileName(path).Replace(Passing, "", StringComparison.Ordinal))
            .Select(name => CheckpointId.TryParse(name, out var id) ? id : (CheckpointId?)null).OfType<CheckpointId>().Distinct()]
        : [];

    /// <summary>When it is not being read any more.</summary>
    private Task WhenReadAsync(CheckpointId id) => _reading.GetValueOrDefault(id, Task.CompletedTask);

    private void Made(CheckpointId id, string folder, MemoryManifest manifest)
    {
        if (manifest.HasUnread) _ = ReadLaterAsync(id, folder, manifest);
        else _read[id] = StampOf(folder, manifest);
    }

    /// <summary>Nobody waits for this but who wants to use or delete it. A server that dies before leaves it to who uses it first.</summary>
    private async Task ReadLaterAsync(CheckpointId id, string folder, MemoryManifest manifest)
    {
        var reading = StorageFaults.GuardAsync(() => Check(id, folder, manifest, CancellationToken.None), CancellationToken.None);
        _reading[id] = reading;

        // What is wrong with it, who uses it is told.
        await reading;
        _reading.TryRemove(id, out _);
    }

    private Result<MemoryImage> Open(CheckpointId id, string version, CancellationToken cancellation)
    {
        if (!place(0).TryGet(out var parent, out var fault)) return fault;
        var folder = Path.Combine(parent, id.Value);
        if (!Directory.Exists(folder)) return ImageFaults.Gone(id);
        if (!ManifestFile.Read(id, folder).TryGet(out var manifest, out fault)) return fault;
        if (manifest.Format != MemoryManifest.KnownFormat) return ImageFaults.OtherFormat(id, manifest.Format);
        if (manifest.Checkpoint != id.Value) return ImageFaults.Damaged(id, $"it is that of {manifest.Checkpoint}");
        if (manifest.Agent.Length != SHA256.HashSizeInBytes * 2 || !manifest.Agent.All(char.IsAsciiHexDigitLower)) return ImageFaults.Damaged(id, "its agent has no digest");
        if (manifest.Runtime != version) return ImageFaults.OtherVersion(id, manifest.Runtime, version);
        return Check(id, folder, manifest, cancellation).Map(read => new MemoryImage(folder, read));
    }

    /// <summary>Each image that is made changes the agent's link count, which counts as a change: so that small file is always read.</summary>
    private static string StampOf(string folder, MemoryManifest manifest) =>
        string.Join('\n', manifest.Files.Where(file => file.Name != MemoryImage.AgentName).Select(file => FileCall.StampOf(Path.Combine(folder, file.Name))));

    /// <summary>Reads what has changed since it was read, or never was. What had no digest has one afterwards, in the manifest too.</summary>
    private Result<MemoryManifest> Check(CheckpointId id, string folder, MemoryManifest manifest, CancellationToken cancellation)
    {
        var there = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Where(name => !ManifestFile.Is(name)).ToHashSet(StringComparer.Ordinal);
        if (manifest.Files.FirstOrDefault(file => !there.Contains(file.Name)) is { } missing) return ImageFaults.Damaged(id, $"its file '{missing.Name}' is missing");
        if (there.Count != manifest.Files.Length) return ImageFaults.Damaged(id, "it has a file that was not saved");

        var stamp = StampOf(folder, manifest);
        var known = _read.GetValueOrDefault(id) == stamp;
        var files = manifest.Files.ToBuilder();
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            if (known && !file.IsUnread && file.Name != MemoryImage.AgentName) continue;
            var found = ImageDigest.Of(folder, file.Name, cancellation);
            if (found.Bytes != file.Bytes) return ImageFaults.Damaged(id, $"its file '{file.Name}' has {found.Bytes} bytes instead of {file.Bytes}");
            if (!file.IsUnread && found.Digest != file.Digest) return ImageFaults.Damaged(id, $"its file '{file.Name}' was altered");
            files[i] = found;
        }

        if (manifest.HasUnread)
        {
            manifest = manifest with { Files = files.ToImmutable() };
            lock (_writing) ManifestFile.Write(folder, manifest);
        }

        _read[id] = stamp;
        return manifest;
    }

    private sealed record KnownAgent(string Identity, string Digest);
}
