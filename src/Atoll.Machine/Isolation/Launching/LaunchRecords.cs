using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// What the launcher's sandboxes have on the host's disk: <c>RuntimeDirectory/launcher/id</c>, readable by root alone, with one <see cref="LaunchRecord"/>; and the ranges of
/// ids that go with them, taken up again from the records after a restart. Threads: any; for one id, one at a time.
/// </summary>
internal sealed class LaunchRecords
{
    /// <summary>The folder's name below the run-time directory.</summary>
    public const string Name = "launcher";

    private const string File = "record";

    private readonly string _folder;
    private readonly Lazy<UidAllocator> _ranges;

    public LaunchRecords(IOptions<MachineOptions> machine, IOptions<IsolationOptions> isolation)
    {
        _folder = Path.Combine(machine.Value.RuntimeDirectory, Name);
        _ranges = new Lazy<UidAllocator>(() => Reclaim(isolation.Value));
    }

    public bool Exists(SandboxId id) => Directory.Exists(PathOf(id));

    /// <summary>A folder with a range of ids, on disk before anything runs.</summary>
    /// <exception cref="IOException">The run-time directory is full.</exception>
    public Result<uint> Create(SandboxId id)
    {
        if (!_ranges.Value.TryTake(out var range))
        {
            return new Fault(FaultCode.CapacityExhausted, FaultSide.Host, FaultStage.Isolation, "All ranges of user ids for sandboxes are in use.",
                $"Remove sandboxes, or raise {IsolationOptions.Section}:{nameof(IsolationOptions.UidRanges)}.");
        }

        try
        {
            HostFolders.MakePrivate(_folder);
            HostFolders.MakePrivate(PathOf(id));
            Save(id, new LaunchRecord(range.Value, null));
            return range.Value;
        }
        catch
        {
            _ranges.Value.GiveBack(range.Value);
            throw;
        }
    }

    public void Save(SandboxId id, LaunchRecord record) => System.IO.File.WriteAllText(Path.Combine(PathOf(id), File), record.ToString());

    public LaunchRecord? Read(SandboxId id)
    {
        try
        {
            return LaunchRecord.Parse(System.IO.File.ReadAllText(Path.Combine(PathOf(id), File)));
        }
        catch (IOException)
        {
            // Never started, or removed.
            return null;
        }
    }

    /// <summary>Nothing of the sandbox may run any more: its range goes to the next.</summary>
    public void Delete(SandboxId id)
    {
        var record = Read(id);
        if (Directory.Exists(PathOf(id))) Directory.Delete(PathOf(id), recursive: true);
        if (record is not null) _ranges.Value.GiveBack(record.FirstUid);
    }

    public IReadOnlyList<SandboxId> List() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateDirectories(_folder).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : default).Where(id => id != default)]
        : [];

    private UidAllocator Reclaim(IsolationOptions options)
    {
        var ranges = new UidAllocator(options.FirstUid, options.UidRanges);
        foreach (var id in List())
        {
            if (Read(id) is { } record) ranges.Reclaim(record.FirstUid);
        }

        return ranges;
    }

    private string PathOf(SandboxId id) => Path.Combine(_folder, id.Value);
}
