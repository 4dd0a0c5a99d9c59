using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>Removes all that this installation made on the host: every sandbox, network, rule, the pool, and both directories. For when no server runs.</summary>
public sealed class MachineErasure
{
    private readonly SandboxRuntimes _runtimes;
    private readonly ISandboxNetwork _network;
    private readonly ISandboxStorage _storage;
    private readonly MachineOptions _options;
    private readonly ILogger _log;

    internal MachineErasure(SandboxRuntimes runtimes, ISandboxNetwork network, ISandboxStorage storage, IOptions<MachineOptions> options, ILogger<MachineErasure> log) =>
        (_runtimes, _network, _storage, _options, _log) = (runtimes, network, storage, options.Value, log);

    /// <summary>Goes through every step whatever became of the ones before, and returns what went wrong; none is success. Each step is reported as it begins.</summary>
    public async Task<IReadOnlyList<Fault>> EraseAsync(IProgress<string> progress, CancellationToken cancellation)
    {
        var faults = new List<Fault>();
        foreach (var runtime in _runtimes.All)
        {
            foreach (var id in await runtime.ListAsync(cancellation))
            {
                progress.Report($"sandbox {id}");
                Note(await runtime.RemoveAsync(id, cancellation));
            }
        }

        // Elsewhere than in its own folders it has only what a trial left.
        TrialFolder.Sweep(Path.GetTempPath(), _log);
        progress.Report("networks and rules");
        Note(await _network.CloseAsync(erase: true, cancellation));
        progress.Report("storage pool and templates");
        Note(await _storage.CloseAsync(erase: true, cancellation));
        if (faults.Count == 0)
        {
            progress.Report($"{_options.RuntimeDirectory}, {_options.StateDirectory}");
            DeleteFolder(_options.RuntimeDirectory);
            DeleteFolder(_options.StateDirectory);
        }

        return faults;

        void Note(Result<Done> result)
        {
            if (result.Fault is { } fault) faults.Add(fault);
        }
    }

    /// <summary>One that a filesystem is mounted on is emptied, and stays.</summary>
    private static void DeleteFolder(string path)
    {
        if (!Directory.Exists(path)) return;
        foreach (var inside in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (inside is DirectoryInfo { LinkTarget: null } folder) folder.Delete(recursive: true);
            else inside.Delete();
        }

        try
        {
            Directory.Delete(path);
        }
        catch (IOException failure) when (failure.HResult == Errno.Busy)
        {
            // Whoever mounted it there unmounts it.
        }
    }
}
