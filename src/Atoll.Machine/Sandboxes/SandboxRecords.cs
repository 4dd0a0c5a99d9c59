using System.Text.Json;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>The <see cref="SandboxRecord"/> files, one per sandbox. A file is there whole or not at all (written beside, then renamed). Threads: for one id, one caller at a time.</summary>
internal sealed partial class SandboxRecords(IOptions<MachineOptions> options, ILogger<SandboxRecords> log)
{
    private const string Ending = ".json";
    private readonly string _folder = Path.Combine(options.Value.RuntimeDirectory, "sandboxes");

    public void Save(SandboxRecord record)
    {
        HostFolders.MakePrivate(_folder);
        var path = PathOf(record.Id);
        using (var file = new FileStream(path + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(file, record, SandboxRecordJson.Default.SandboxRecord);
        }

        // No fsync: the file only has to survive this process, not the host.
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Null when there is none that can be read.</summary>
    public SandboxRecord? Find(SandboxId id) => File.Exists(PathOf(id)) ? TryRead(PathOf(id)) : null;

    public void Delete(SandboxId id)
    {
        // No folder, no record: nothing was ever started since the host was.
        if (!Directory.Exists(_folder)) return;
        File.Delete(PathOf(id));
        File.Delete(PathOf(id) + ".new");
    }

    /// <summary>Every record that can be read. One that cannot is deleted: its sandbox is then found by what it left on the host, and removed.</summary>
    public IReadOnlyList<SandboxRecord> ReadAll()
    {
        if (!Directory.Exists(_folder)) return [];

        var records = new List<SandboxRecord>();
        foreach (var path in Directory.EnumerateFiles(_folder))
        {
            if (path.EndsWith(Ending, StringComparison.Ordinal) && TryRead(path) is { } record) records.Add(record);
            else File.Delete(path);
        }

        return records;
    }

    private SandboxRecord? TryRead(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, SandboxRecordJson.Default.SandboxRecord);
        }
        catch (JsonException broken)
        {
            LogUnreadable(Path.GetFileNameWithoutExtension(path), broken.Message);
            return null;
        }
    }

    private string PathOf(SandboxId id) => Path.Combine(_folder, id.Value + Ending);

    [LoggerMessage(2001, LogLevel.Warning, "The record of sandbox {Sandbox} cannot be read and is dropped: {Reason}")]
    private partial void LogUnreadable(string sandbox, string reason);
}
