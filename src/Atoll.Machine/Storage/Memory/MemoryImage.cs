namespace Atoll.Machine.Storage.Memory;

/// <summary>A saved memory: a folder with the runtime's files, the agent's program and the manifest. It never changes; any number of sandboxes may be started from it at once.</summary>
internal sealed record MemoryImage(string Folder, MemoryManifest Manifest)
{
    public const string AgentName = "agent";

    private const string RuntimeFolder = "image";

    /// <summary>What the runtime wrote, and reads.</summary>
    public string Runtime => RuntimeFolderOf(Folder);

    public string Agent => Path.Combine(Folder, AgentName);

    public static string RuntimeFolderOf(string folder) => Path.Combine(folder, RuntimeFolder);
}
