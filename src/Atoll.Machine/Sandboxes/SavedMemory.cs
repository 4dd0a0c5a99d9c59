using System.Text.Json;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// The saved memory of suspended sandboxes: <c>pool/suspended/ID</c>, beside the clones. What the runtime wrote is in <c>memory/</c>; <c>token.json</c> is written last, when all else is on the disk
/// below, so that it says that the memory is whole. It holds the agent's token, which the memory knows: the folder is the host's root's alone.
/// <para>Threads: for one id, one caller at a time.</para>
/// </summary>
internal sealed class SavedMemory(IOptions<MachineOptions> options)
{
    private const string Token = "token.json";
    private readonly string _folder = Path.Combine(options.Value.StateDirectory, "pool", "suspended");

    /// <summary>An empty folder for the runtime to write into.</summary>
    /// <exception cref="IOException">The pool is full.</exception>
    public string Prepare(SandboxId id)
    {
        Delete(id);
        HostFolders.MakePrivate(_folder);
        HostFolders.MakePrivate(PathOf(id));
        return HostFolders.MakePrivate(MemoryOf(id));
    }

    /// <summary>What the runtime wrote is all there: from now on it is to be woken from.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public void Seal(SandboxId id, byte[] token)
    {
        FileCall.SyncFilesystem(_folder);
        var path = Path.Combine(PathOf(id), Token);
        using (var file = new FileStream(path + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            JsonSerializer.Serialize(file, token, SandboxRecordJson.Default.ByteArray);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        FileCall.SyncFilesystem(_folder);
    }

    public bool Exists(SandboxId id) => File.Exists(Path.Combine(PathOf(id), Token));

    /// <summary>The runtime's folder and the token; null when there is none, or not all of it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">It was damaged.</exception>
    public (string Memory, byte[] Token)? Find(SandboxId id)
    {
        if (!Exists(id)) return null;
        using var file = File.OpenRead(Path.Combine(PathOf(id), Token));
        return JsonSerializer.Deserialize(file, SandboxRecordJson.Default.ByteArray) is { } token ? (MemoryOf(id), token) : null;
    }

    /// <exception cref="IOException">Something of it is in use.</exception>
    public void Delete(SandboxId id)
    {
        if (!Directory.Exists(PathOf(id))) return;

        // First what says that it is whole.
        File.Delete(Path.Combine(PathOf(id), Token));
        Directory.Delete(PathOf(id), recursive: true);
    }

    public IReadOnlyList<SandboxId> List() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.EnumerateDirectories(_folder).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : default).Where(id => id != default)];

    private string PathOf(SandboxId id) => Path.Combine(_folder, id.Value);

    private string MemoryOf(SandboxId id) => Path.Combine(PathOf(id), "memory");
}
